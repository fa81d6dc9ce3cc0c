import { expect, test } from 'vitest';
import { ApiError, createClient, messageOf } from './client.ts';

const answering = (status: number, body: string) =>
  createClient('/hubs/team7', async () => new Response(body, { status }));

test('operations of a fork are asked for below its name', async () => {
  const asked: string[] = [];
  const client = createClient('/hubs/team7', async (url, { method }) => {
    asked.push(`${method} ${url}`);
    return new Response('{"a":1}');
  });
  expect(await client.get('/info')).toEqual({ a: 1 });
  expect(asked).toEqual(['GET /hubs/team7/info']);
});

test('a refusal of the admin API is told with its hint', async () => {
  const body = '{"error":"BadRequest","code":"ArgumentInvalid","hint":"line 1, column 38: expected a name"}';
  const error = await answering(400, body)
    .get('/explain')
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ status: 400, code: 'ArgumentInvalid', hint: 'line 1, column 38: expected a name' });
  expect(messageOf(error)).toBe('BadRequest (line 1, column 38: expected a name)');
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-troubleshoot-error-codes
test('a refusal of the service API is told without its wrapping', async () => {
  const body = '{"Message":"ErrorCode:DeviceNotFound;E2E tracking","ExceptionMessage":"Tracking ID:1"}';
  await expect(answering(404, body).get('/service/devices/d1')).rejects.toMatchObject({
    code: 'DeviceNotFound',
    message: 'E2E tracking',
  });
});

// iothub/service/src/Common/Exceptions in the C# SDK reads both shapes; the header names the error
test('a refusal of a method call is told without the JSON around it', async () => {
  const inner = { errorCode: 404103, message: "the requested device isn't online", trackingId: '1' };
  const headers = { 'iothub-errorcode': 'DeviceNotOnline' };
  const client = createClient('', async () =>
    Response.json({ Message: JSON.stringify(inner) }, { status: 404, headers }),
  );
  await expect(client.get('/service/twins/d1/methods')).rejects.toMatchObject({
    code: 'DeviceNotOnline',
    message: "the requested device isn't online",
  });
});

test('an emulator that is gone is told in words', async () => {
  const client = createClient('', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(client.get('/info')).rejects.toEqual(
    new ApiError('The emulator does not answer: Failed to fetch', { status: 0 }),
  );
});

test('an answer without content is undefined', async () => {
  const client = createClient('', async () => new Response(null, { status: 204 }));
  expect(await client.send('/reset', { method: 'POST' })).toBeUndefined();
});
