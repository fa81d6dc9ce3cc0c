import { clientFromConnectionString, Message } from 'iothub-emulator/device';
import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'] }));

test('the hub goes back to a snapshot', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  oven.desire({ celsius: 180 });
  const before = iotHub.snapshot();
  oven.desire({ celsius: 250 });
  iotHub.create('toaster');
  iotHub.restore(before);
  expect(oven.twin).toMatchObject({ properties: { desired: { celsius: 180, $version: 2 } } });
  expect(iotHub.hub.registry.find('toaster')).toBeUndefined();
});

test('a test waits for a message and reads it', async ({ iotHub }) => {
  const oven = iotHub.create('oven-2', { tags: { hall: 4 }, desired: { celsius: 200 } });
  const client = clientFromConnectionString(oven.connectionString);
  const message = new Message('{"celsius":199}');
  message.contentType = 'application/json';
  message.properties.add('alarm', 'no');
  await client.sendEvent(message);
  const { body, system, properties } = await until(oven).sends((sent) => sent.properties.alarm !== undefined);
  expect([JSON.parse(Buffer.from(body).toString()), system.contentType, { ...properties }]).toEqual([
    { celsius: 199 },
    'application/json',
    { alarm: 'no' },
  ]);
  await client.close();
});

const withShortTimeout = base.extend(hubFixtures({ devices: ['oven'], timeoutMs: 50 }));

withShortTimeout('a wait that fails says what there was instead', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  oven.tag({ hall: 3 });
  await expect(until(oven).tag('hall').is(4)).rejects.toThrow('Waited 0.05 s for tag hall of oven to be 4; it is 3');
  await expect(until(oven).isConnected()).rejects.toThrow('Waited 0.05 s for oven to connect; it is not connected');
  await expect(until(iotHub).emits('telemetry')).rejects.toThrow(
    'Waited 0.05 s for an event telemetry; there were 1 twin.updated',
  );
  expect(() => iotHub.deviceConnectionString('ofen')).toThrow('There is no ofen; there is oven');
});
