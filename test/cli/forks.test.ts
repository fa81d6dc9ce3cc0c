import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../emulator/index.ts';
import { sharedCa } from '../support/programs/command.ts';

// Microsoft's packages are CommonJS, and so is their default export
const require = createRequire(import.meta.url);
const { Registry } = require('azure-iothub');
const { Client } = require('azure-iot-device');
const transports = require('azure-iot-device-mqtt');

let emulator: Emulator;
beforeAll(async () => {
  const devices = [{ id: 'oven', desired: { celsius: 180 } }];
  emulator = await startEmulator({ caDir: sharedCa, devices, trust: 'process', clock: 'virtual' });
});
afterAll(() => emulator.close());

const celsius = (hub: Pick<Emulator, 'hub'>) => hub.hub.twins.get('oven').twin.desired.values.celsius;

test('a fork starts as a copy and then changes independently', async () => {
  await using fork = emulator.fork();
  await using other = emulator.fork();
  fork.hub.twins.patch('oven', { properties: { desired: { celsius: 200 } } });
  other.hub.registry.delete({ deviceId: 'oven' }, '*');
  expect([celsius(emulator), celsius(fork), other.hub.registry.find('oven')]).toEqual([180, 200, undefined]);
  fork.snapshots.reset();
  expect(celsius(fork)).toBe(180);
});

test('a fork has a clock of its own', async () => {
  await using fork = emulator.fork();
  const now = emulator.hub.clock.now();
  expect([fork.hub.clock.now(), fork.hub.clock === emulator.hub.clock]).toEqual([now, false]);
});

test.each(['Mqtt', 'MqttWs'])("Microsoft's SDKs connect to the fork of their connection string: %s", async (name) => {
  await using first = emulator.fork('first');
  await using second = emulator.fork('second');
  first.hub.twins.patch('oven', { properties: { desired: { celsius: 1 } } });
  second.hub.twins.patch('oven', { properties: { desired: { celsius: 2 } } });
  for (const [hub, expected] of [
    [first, 1],
    [second, 2],
    [emulator, 180],
  ] as const) {
    const registry = Registry.fromConnectionString(hub.connectionString());
    const { responseBody } = await registry.getTwin('oven');
    expect(responseBody.properties.desired.celsius).toBe(expected);
    const client = Client.fromConnectionString(hub.deviceConnectionString('oven'), transports[name]);
    await client.open();
    expect((await client.getTwin()).properties.desired.celsius).toBe(expected);
    expect(hub.hub.sessions.connectedDevices).toBe(1);
    await client.close();
  }
});

test.each(['Mqtt', 'MqttWs'])(
  "a program on Microsoft's SDKs finds the fork whose variables it has: %s",
  async (name) => {
    await using plain = await startEmulator({ caDir: sharedCa });
    await using fork = plain.fork('lab');
    const program = fileURLToPath(new URL('programs/microsoft.cjs', import.meta.url));
    const env = { ...process.env, ...fork.env() };
    const { stdout } = await promisify(execFile)(process.execPath, [program, name, 'kiln', 'celsius', '9'], { env });
    expect(JSON.parse(stdout)).toEqual({ reported: '9', heard: 'of 9' });
    expect(fork.hub.twins.get('kiln').twin.reported.values).toEqual({ celsius: '9' });
    expect(plain.hub.registry.find('kiln')).toBeUndefined();
  },
);

test('a name is unique, and part of a host name', async () => {
  const fork = emulator.fork('a-1');
  expect(fork.connectionString()).toContain(`HostName=p${emulator.ports.https}-a-1.hub.localhost;`);
  expect(() => emulator.fork('a-1')).toThrow('There is a hub a-1 already');
  await fork.close();
  await emulator.fork('a-1').close();
  for (const name of ['A', 'a.b', '', '-a', 'p8', `${'x'.repeat(41)}`])
    expect(() => emulator.fork(name)).toThrow('is not a valid name for a hub');
});

test('where connections are not redirected, a fork is found by its keys, or by its name for a key that was given', async () => {
  const key = 'Z2l2ZW4ta2V5LW9mLTE2LWJ5dGVz';
  const devices = ['oven', { id: 'given', primaryKey: key, secondaryKey: key }];
  await using plain = await startEmulator({ caDir: sharedCa, devices });
  const fork = plain.fork('x');
  const port = plain.ports.https;
  expect(fork.connectionString()).toContain(`HostName=localhost:${port};`);
  expect(fork.deviceConnectionString('oven')).toContain(`HostName=localhost:${port};`);
  expect(fork.deviceConnectionString('given')).toContain(`HostName=x.hub.localhost:${port};`);
});
