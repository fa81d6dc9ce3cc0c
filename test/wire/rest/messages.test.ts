import { expect, test } from 'vitest';
import { textOf } from '../../support/hub/messages.ts';
import { type Ask, type Rest, startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d

const FEEDBACK = '/messages/serviceBound/feedback';
const codeOf = async (answer: ReturnType<Rest['ask']>) => {
  const { status, headers } = await answer;
  return [status, headers['iothub-errorcode']];
};

const startWithDevice = async () => {
  const rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const send = (asked: Ask = {}) =>
    rest.ask('POST', '/messages/deviceBound', {
      body: 'hello',
      ...asked,
      headers: { 'iothub-to': '/devices/d1/messages/devicebound', ...asked.headers },
    });
  /** Sends a message and completes it, so that there is feedback. */
  const complete = async () => {
    await send({ headers: { 'iothub-messageid': 'm1', 'iothub-ack': 'full' } });
    rest.hub.inbox.complete('d1', rest.hub.inbox.receive('d1')?.lock.token ?? '');
    rest.clock.settle();
  };
  return { ...rest, send, complete };
};

test('a message has the properties of its headers', async () => {
  await using rest = await startWithDevice();
  expect(await rest.send({ headers: { 'iothub-messageid': 'm1', 'iothub-app-alarm': 'yes' } })).toMatchObject({
    status: 204,
    text: '',
  });
  const [queued] = rest.hub.inbox.list('d1');
  expect(queued?.item).toMatchObject({
    properties: { alarm: 'yes' },
    system: { messageId: 'm1', to: '/devices/d1/messages/devicebound' },
  });
  expect(queued && textOf(queued.item)).toBe('hello');
});

test('identity and twin tell how many messages wait', async () => {
  await using rest = await startWithDevice();
  await rest.send();
  for (const path of ['/devices/d1', '/twins/d1'])
    expect((await rest.ask('GET', path)).body).toMatchObject({ cloudToDeviceMessageCount: 1 });
});

test.each([
  ['to an unknown device', { 'iothub-to': '/devices/d9/messages/devicebound' }, [404, 'DeviceNotFound']],
  ['to nowhere', { 'iothub-to': 'd1' }, [400, 'ArgumentInvalid']],
  ['that wants unknown feedback', { 'iothub-ack': 'always' }, [400, 'ArgumentInvalid']],
])('a message %s is refused', async (_, headers, expected) => {
  await using rest = await startWithDevice();
  expect(await codeOf(rest.send({ headers }))).toEqual(expected);
});

test('a message of more than 64 KB, and the 51st message, are refused', async () => {
  await using rest = await startWithDevice();
  expect(await codeOf(rest.send({ body: 'x'.repeat(65_537) }))).toEqual([413, 'MessageTooLarge']);
  for (let i = 0; i < 50; i++) await rest.send();
  expect(await codeOf(rest.send())).toEqual([403, 'DeviceMaximumQueueDepthExceeded']);
});

test('the queue of a device can be purged', async () => {
  await using rest = await startWithDevice();
  expect(await codeOf(rest.ask('DELETE', '/devices/d9/commands'))).toEqual([404, 'DeviceNotFound']);
  await rest.send();
  await rest.send();
  const purge = () => rest.ask('DELETE', '/devices/d1/commands');
  // https://learn.microsoft.com/rest/api/iothub/service/cloud-to-device-messages/purge-cloud-to-device-message-queue
  expect((await purge()).text).toBe('{"totalMessagesPurged":2,"deviceId":"d1","moduleId":null}');
  expect((await purge()).text).toBe('{"totalMessagesPurged":0,"deviceId":"d1","moduleId":null}');
});

test('feedback is received, abandoned, received again and completed', async () => {
  await using rest = await startWithDevice();
  expect(await rest.ask('GET', FEEDBACK)).toMatchObject({ status: 204, text: '' });
  await rest.complete();
  const receive = async () => {
    const { status, headers, body } = await rest.ask('GET', FEEDBACK);
    return { status, body, lockToken: headers.etag?.replaceAll('"', '') };
  };
  const first = await receive();
  expect(first).toMatchObject({
    status: 200,
    body: [{ originalMessageId: 'm1', statusCode: 'Success', description: 'Success', deviceId: 'd1' }],
    lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect((await receive()).status).toBe(204);
  expect((await rest.ask('POST', `${FEEDBACK}/${first.lockToken}/abandon`)).status).toBe(204);
  const second = await receive();
  expect(second.body).toEqual(first.body);
  expect((await rest.ask('DELETE', `${FEEDBACK}/${second.lockToken}`)).status).toBe(204);
  expect((await receive()).status).toBe(204);
});

test('feedback whose lock is lost cannot be settled', async () => {
  await using rest = await startWithDevice();
  await rest.complete();
  const { headers } = await rest.ask('GET', FEEDBACK);
  rest.clock.advance(60_000);
  const path = `${FEEDBACK}/${headers.etag?.replaceAll('"', '')}`;
  expect(await codeOf(rest.ask('DELETE', path))).toEqual([412, 'DeviceMessageLockLost']);
  expect(await codeOf(rest.ask('POST', `${path}/abandon`))).toEqual([412, 'DeviceMessageLockLost']);
});

test('a message can be sent under the path of its device', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/kit%231', { body: {} });
  const path = `/devices/${encodeURIComponent(encodeURIComponent('kit#1'))}/messages/deviceBound`;
  expect((await rest.ask('POST', path, { body: 'x', headers: { 'content-encoding': 'utf-8' } })).status).toBe(204);
  expect(rest.hub.inbox.list('kit#1')).toHaveLength(1);
  expect(await codeOf(rest.ask('POST', '/devices/d9/messages/deviceBound', { body: 'x' }))).toEqual([
    404,
    'DeviceNotFound',
  ]);
});
