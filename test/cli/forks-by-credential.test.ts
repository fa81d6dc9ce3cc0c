import { createRequire } from 'node:module';
import { startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator, HubHandle } from '../../emulator/index.ts';
import { sharedCa } from '../support/programs/command.ts';

// Microsoft's packages are CommonJS, and so is their default export
const require = createRequire(import.meta.url);
const { Client: ServiceClient, Registry } = require('azure-iothub');
const { Client, Message } = require('azure-iot-device');
const transports = {
  ...require('azure-iot-device-mqtt'),
  ...require('azure-iot-device-amqp'),
  ...require('azure-iot-device-http'),
};

const GIVEN = 'Z2l2ZW4ta2V5LW9mLTE2LWJ5dGVz';
const logged: string[] = [];
let emulator: Emulator;
beforeAll(async () => {
  const devices = ['oven', { id: 'given', primaryKey: GIVEN, secondaryKey: GIVEN }];
  const keep = (text: string, fields?: object): void => void logged.push(JSON.stringify({ text, ...fields }));
  const log = { info: () => {}, debug: () => {}, warn: keep, error: keep };
  emulator = await startEmulator({ caDir: sharedCa, devices, trust: 'process', clock: 'virtual', log: log as never });
});
afterAll(() => emulator.close());

/** As a program in any language has it, which no fork's host name reaches. */
const plain = (connectionString: string): string => connectionString.replace(/HostName=[^;]+/, 'HostName=localhost');

const sendTo = async (hub: HubHandle, text: string, transport = 'Amqp'): Promise<void> => {
  const client = ServiceClient.fromConnectionString(
    plain(hub.connectionString()),
    require(`azure-iothub/dist/${transport === 'Amqp' ? 'amqp' : 'amqp_ws'}.js`)[transport],
  );
  await client.open();
  await client.send('oven', text);
  await client.close();
};

test.each(['Mqtt', 'MqttWs', 'Amqp', 'AmqpWs'])('a device reaches the fork whose key it has: %s', async (name) => {
  await using first = emulator.fork('first');
  await using second = emulator.fork('second');
  for (const hub of [first, second, emulator]) {
    const client = Client.fromConnectionString(plain(hub.deviceConnectionString('oven')), transports[name]);
    await client.open();
    await client.getTwin();
    expect([first, second, emulator].map((one) => one.hub.sessions.connectedDevices)).toEqual(
      [first, second, emulator].map((one) => (one === hub ? 1 : 0)),
    );
    await client.close();
  }
});

test('a device that asks over HTTP gets the messages of the fork whose key it has', async () => {
  await using fork = emulator.fork();
  await sendTo(fork, 'for the fork');
  const client = Client.fromConnectionString(plain(fork.deviceConnectionString('oven')), transports.Http);
  const heard = new Promise((done) => client.on('message', (message: { data: Buffer }) => done(String(message.data))));
  await client.open();
  client.setOptions({ http: { receivePolicy: { interval: 1 } } }, () => {});
  expect(await heard).toBe('for the fork');
  await client.close();
});

test.each(['Amqp', 'AmqpWs'])('a service app reaches the hub whose policy key it has: %s', async (transport) => {
  await using fork = emulator.fork();
  fork.hub.twins.patch('oven', { tags: { hub: 'fork' } });
  const tagOf = async (hub: HubHandle) =>
    (await Registry.fromConnectionString(plain(hub.connectionString())).getTwin('oven')).responseBody.tags?.hub;
  expect([await tagOf(fork), await tagOf(emulator)]).toEqual(['fork', undefined]);
  await sendTo(fork, 'hello', transport);
  expect([fork, emulator].map(({ hub }) => hub.inbox.list('oven').length)).toEqual([1, 0]);
});

test('a connection of a fork ends with the fork', async () => {
  const fork = emulator.fork();
  const client = Client.fromConnectionString(plain(fork.deviceConnectionString('oven')), transports.Amqp);
  client.setRetryPolicy(new (require('azure-iot-common').NoRetry)());
  const ended = new Promise((done) => client.on('disconnect', done));
  await client.open();
  await fork.close();
  await ended;
});

test.each(['Mqtt', 'Amqp'])('a key that several hubs have is refused, and the log names the hubs: %s', async (name) => {
  await using _ = emulator.fork('lab');
  logged.length = 0;
  const client = Client.fromConnectionString(plain(emulator.deviceConnectionString('given')), transports[name]);
  client.setRetryPolicy(new (require('azure-iot-common').NoRetry)());
  await expect(client.open()).rejects.toMatchObject({ name: 'UnauthorizedError' });
  expect(logged.join('\n')).toContain('the hubs localhost, lab all accept these credentials');
});

test.each(['Mqtt', 'Amqp', 'Http'])(
  'a hub refuses and tells of a device that uses the key of a service app: %s',
  async (name) => {
    await using first = emulator.fork('first');
    await using second = emulator.fork('second');
    const [, key] = /SharedAccessKey=(.+)$/.exec(second.connectionString()) ?? [];
    const refused = [first, second, emulator].map(({ hub }) => {
      const codes: string[] = [];
      hub.events.listen((event) => void (event.type === 'refused' && codes.push(event.code)));
      return codes;
    });
    const client = Client.fromConnectionString(
      `HostName=localhost;DeviceId=oven;SharedAccessKey=${key}`,
      transports[name],
    );
    client.setRetryPolicy(new (require('azure-iot-common').NoRetry)());
    const use = name === 'Http' ? client.sendEvent(new Message('hello')) : client.open();
    await expect(use).rejects.toMatchObject({ name: 'UnauthorizedError' });
    expect(refused).toEqual([[], ['wrong-device-key'], []]);
  },
);

test('a key of the fork that the hub made again, and the keys of devices that the fork creates', async () => {
  await using fork = emulator.fork('keys');
  const key = (hub: HubHandle, id: string) => hub.hub.registry.get(id).identity.authentication.primaryKey;
  expect(key(fork, 'oven')).not.toBe(key(emulator, 'oven'));
  expect(key(fork, 'given')).toBe(GIVEN);
  const before = key(fork, 'oven');
  fork.hub.registry.regenerateKeys('oven', 'secondary');
  expect(key(fork, 'oven')).toBe(before);
});
