import { expect, test } from 'vitest';
import type { Session } from '../../../emulator/hub/messaging/session.ts';
import { jsonTextOf } from '../../../emulator/kernel/json-text.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

/** A device end that answers each call with its payload, or not at all. */
const answering = (rest: Rest, key: string, answers = true): void => {
  const session: Session = {
    key,
    protocol: 'test',
    deliver(message) {
      if (message.type === 'method' && answers)
        rest.hub.methods.respond(key, message.requestId, {
          status: 207,
          payload: jsonTextOf({ heard: message.payload.value }),
        });
    },
    close: () => {},
  };
  rest.hub.sessions.open(session, { resume: false });
  rest.hub.sessions.subscribe(session, 'methods', 0);
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods
test('a device and a module answer direct methods', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  await rest.ask('PUT', '/devices/d1/modules/m1', { body: {} });
  answering(rest, 'd1');
  answering(rest, 'd1/m1');
  const body = { methodName: 'reboot', payload: { in: [5] }, responseTimeoutInSeconds: 10 };
  for (const path of ['/twins/d1/methods', '/twins/d1/modules/m1/methods']) {
    const { status, text } = await rest.ask('POST', path, { body });
    expect([status, text]).toEqual([200, '{"status":207,"payload":{"heard":{"in":[5]}}}']);
  }
});

test('unknown, offline and silent devices have different errors', async () => {
  await using rest = await startRest();
  const call = () => rest.ask('POST', '/twins/d1/methods', { body: { methodName: 'reboot' } });
  expect((await call()).headers['iothub-errorcode']).toBe('DeviceNotFound');
  await rest.ask('PUT', '/devices/d1', { body: {} });
  expect((await call()).headers['iothub-errorcode']).toBe('DeviceNotOnline');
  answering(rest, 'd1', false);
  const late = call();
  await expect.poll(() => rest.events.some(({ type }) => type === 'method.called')).toBe(true);
  rest.clock.advance(30_000);
  const { status, headers, body } = await late;
  expect([status, headers['iothub-errorcode']]).toEqual([504, 'GatewayTimeout']);
  const { Message } = body as { Message: string };
  expect(JSON.parse(Message)).toMatchObject({
    errorCode: 504101,
    message: 'Timed out waiting for the response from device.',
  });
});

// the whole answer is quoted in https://github.com/Azure/azure-iot-sdk-csharp/issues/724
test.each([
  [{ responseTimeoutInSeconds: 3000 }, 'responseTimeoutInSeconds must be within [5; 300].'],
  [{ responseTimeoutInSeconds: 4 }, 'responseTimeoutInSeconds must be within [5; 300].'],
  [{ responseTimeoutInSeconds: 301 }, 'responseTimeoutInSeconds must be within [5; 300].'],
  [{ connectTimeoutInSeconds: 301 }, 'connectTimeoutInSeconds must be within [0; 300].'],
])('a call with %j is refused in the envelope of calls', async (timeouts, message) => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const { status, headers, body } = await rest.ask('POST', '/twins/d1/methods', {
    body: { methodName: 'reboot', ...timeouts },
  });
  expect([status, headers['iothub-errorcode']]).toEqual([400, 'ArgumentInvalid']);
  expect(nestedIn(body)).toMatchObject({ errorCode: 400004, message });
});

// https://learn.microsoft.com/azure/iot-hub/troubleshoot-error-codes, and the SDKs' ErrorCode.ModuleNotFound
test('an unknown device and an unknown module are refused in the envelope of calls', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const refused = async (path: string) => {
    const { status, headers, body } = await rest.ask('POST', path, { body: { methodName: 'reboot' } });
    return [status, headers['iothub-errorcode'], nestedIn(body).errorCode];
  };
  expect(await refused('/twins/nobody/methods')).toEqual([404, 'DeviceNotFound', 404001]);
  expect(await refused('/twins/nobody/modules/m1/methods')).toEqual([404, 'DeviceNotFound', 404001]);
  expect(await refused('/twins/d1/modules/m1/methods')).toEqual([404, 'ModuleNotFound', 404010]);
});

const nestedIn = (body: unknown) => JSON.parse((body as { Message: string }).Message) as Record<string, unknown>;
