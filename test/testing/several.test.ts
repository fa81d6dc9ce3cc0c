import { clientFromConnectionString } from 'iothub-emulator/device';
import { Registry } from 'iothub-emulator/service';
import { hubFixtures, startForTests, TestHub, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'] }));

test('a device moves to another hub', async ({ iotHub, emulator }) => {
  await using other = new TestHub(emulator.fork('oslo'));
  const before = clientFromConnectionString(iotHub.device('oven').connectionString);
  await before.open();
  await before.close();
  const after = clientFromConnectionString(other.device('oven').connectionString);
  await after.open();
  await until(other.device('oven')).isConnected();
  await until(iotHub.device('oven')).isDisconnected();
  expect(other.connectionString()).toContain('-oslo.hub.localhost;');
  await after.close();
});

test('a change in one hub does not affect others', async ({ iotHub, emulator }) => {
  await using other = new TestHub(emulator.fork());
  const registry = Registry.fromConnectionString(other.connectionString());
  await registry.create({ deviceId: 'toaster' });
  expect([iotHub, other].map(({ hub }) => hub.registry.find('toaster') !== undefined)).toEqual([false, true]);
});

base('emulators of one process have seeds and clocks of their own', async () => {
  await using north = await startForTests({ devices: ['moose'], clock: '2030-01-01T00:00:00Z' });
  await using south = await startForTests({ devices: ['penguin'], clock: '2040-07-01T00:00:00Z' });
  const ids = async (connectionString: string) =>
    (await Registry.fromConnectionString(connectionString).list()).responseBody.map(({ deviceId }) => deviceId);
  expect(await ids(north.connectionString())).toEqual(['moose']);
  expect(await ids(south.connectionString())).toEqual(['penguin']);
});
