import { clientFromConnectionString, Message } from 'iothub-emulator/device';
import { Registry } from 'iothub-emulator/service';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect, vi } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'] }));

test('a service app sees a throttled hub', async ({ iotHub }) => {
  iotHub.fail({ operation: 'rest', path: '/twins/*', times: 1 }, 'throttle');
  const registry = Registry.fromConnectionString(iotHub.connectionString());
  await expect(registry.getTwin('oven')).rejects.toMatchObject({ name: 'ThrottlingError' });
  expect((await registry.getTwin('oven')).responseBody.deviceId).toBe('oven');
});

test('a message is sent again when its acknowledgement is lost', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  const client = clientFromConnectionString(oven.connectionString);
  await client.open();
  iotHub.fail({ device: 'oven', operation: 'telemetry', times: 1 }, { type: 'disconnect', when: 'before' });
  await client.sendEvent(new Message('hot'));
  expect(oven.sent().map(({ body }) => Buffer.from(body).toString())).toEqual(['hot', 'hot']);
  await client.close();
});

test('a device connects again after the hub has ended its connection', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  const client = clientFromConnectionString(oven.connectionString);
  await client.open();
  oven.disconnect();
  await until(iotHub).emits('session.closed');
  await until(oven).isConnected();
  expect(iotHub.events('session.closed')).toMatchObject([{ key: 'oven', reason: 'requested' }]);
  await client.close();
});

test('every injected fault is an event', async ({ iotHub }) => {
  iotHub.fail({ operation: 'rest', nth: 2 }, { type: 'error', code: 'ServiceUnavailable' });
  const registry = Registry.fromConnectionString(iotHub.connectionString());
  const outcomes: string[] = [];
  for (let i = 0; i < 3; i++)
    outcomes.push(
      await registry.get('oven').then(
        () => 'found',
        ({ name }) => name,
      ),
    );
  expect(outcomes).toEqual(['found', 'ServiceUnavailableError', 'found']);
  expect(iotHub.events('fault.injected')).toMatchObject([{ operation: 'rest', key: 'oven' }]);
  iotHub.clearFaults();
});

test('a fault can be limited to a time window', async ({ iotHub }) => {
  iotHub.fail({ operation: 'rest' }, 'throttle', { afterMs: 60_000, durationMs: 60_000 });
  const registry = Registry.fromConnectionString(iotHub.connectionString());
  const ask = () =>
    registry.get('oven').then(
      () => 'found',
      ({ name }) => name,
    );
  const outcomes = [await ask()];
  for (let i = 0; i < 2; i++) {
    await iotHub.advance('1m');
    outcomes.push(await ask());
  }
  expect(outcomes).toEqual(['found', 'ThrottlingError', 'found']);
});

// https://github.com/Azure/azure-iot-sdk-csharp/blob/main/e2e/test/helpers/FaultInjection.cs
test('messages with which tests of the SDKs ask for faults inject them', async ({ iotHub }) => {
  const client = clientFromConnectionString(iotHub.device('oven').connectionString);
  await client.open();
  const message = new Message('boom');
  message.properties.add('AzIoTHub_FaultOperationType', 'KillTcp');
  await client.sendEvent(message); // again, once it is back
  expect(iotHub.events('session.opened')).toHaveLength(2);
  expect(iotHub.events('fault.injected')).toMatchObject([{ key: 'oven', effect: { type: 'disconnect' } }]);
  await client.close();
});

test('an app whose token is no longer valid gets an error', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  const client = clientFromConnectionString(oven.connectionString);
  await client.open();
  const gone = new Promise((done) => client.once('disconnect', done));
  iotHub.fail({ device: 'oven', operation: 'connect' }, { type: 'error', code: 'IotHubUnauthorizedAccess' });
  oven.expire();
  expect(await gone).toMatchObject({ transportObj: { name: 'UnauthorizedError' } });
  await client.close();
});

test('a program can catch the error of an attempt to connect that is cut', async ({ iotHub }) => {
  const uncaught = vi.fn();
  process.on('uncaughtExceptionMonitor', uncaught);
  iotHub.fail({ operation: 'connect', times: 1 }, { type: 'disconnect', when: 'before' });
  const client = clientFromConnectionString(iotHub.device('oven').connectionString);
  await expect(client.open()).rejects.toMatchObject({ name: 'NotConnectedError' });
  await client.open();
  process.off('uncaughtExceptionMonitor', uncaught);
  expect(uncaught).not.toHaveBeenCalled();
  await client.close();
});
