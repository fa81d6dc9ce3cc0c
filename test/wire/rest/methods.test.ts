import { expect, test } from 'vitest';
import type { Session } from '../../../emulator/hub/sessions.ts';
import { type Rest, startRest } from '../../support/rest-client.ts';

/** A device end that answers each call with what it was given, if it answers at all. */
const answering = (rest: Rest, key: string, answers = true): void => {
  const session: Session = {
    key,
    protocol: 'test',
    deliver(message) {
      if (message.type === 'method' && answers)
        rest.hub.methods.respond(key, message.requestId, { status: 207, payload: { heard: message.payload } });
    },
    close: () => {},
  };
  rest.hub.sessions.open(session, { clean: true });
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

test('a device that is not there, not online or silent is told apart', async () => {
  await using rest = await startRest();
  const call = () => rest.ask('POST', '/twins/d1/methods', { body: { methodName: 'reboot' } });
  expect((await call()).headers['iothub-errorcode']).toBe('DeviceNotFound');
  await rest.ask('PUT', '/devices/d1', { body: {} });
  expect((await call()).headers['iothub-errorcode']).toBe('DeviceNotOnline');
  answering(rest, 'd1', false);
  const late = call();
  const turning = setInterval(() => rest.clock.advance(10_000), 5);
  const { status, headers, body } = await late;
  clearInterval(turning);
  expect([status, headers['iothub-errorcode']]).toEqual([504, 'GatewayTimeout']);
  const { Message } = body as { Message: string };
  expect(JSON.parse(Message)).toMatchObject({
    errorCode: 504101,
    message: 'Timed out waiting for the response from device.',
  });
});
