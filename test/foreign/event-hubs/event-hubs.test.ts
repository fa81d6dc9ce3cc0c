import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
} from '@azure/event-hubs';
import { Client, Message } from 'azure-iot-device';
import { Mqtt } from 'azure-iot-device-mqtt';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { sharedCa } from '../../support/programs/command.ts';
import { read } from './reader.ts';

// Microsoft's client of Event Hubs reads what devices send.

const emulator: Emulator = await startEmulator({
  caDir: sharedCa,
  trust: 'process',
  devices: ['d1', 'd2'],
  consumerGroups: ['second'],
  partitions: 2,
  amqpPlainPort: 0,
});
afterAll(() => emulator.close());
beforeEach(() => emulator.snapshots.reset());

const newClient = (group = '$Default', string = emulator.eventsConnectionString()) =>
  new EventHubConsumerClient(group, string, { retryOptions: { maxRetries: 0 } });

const send = (text: string, key = 'd1'): void =>
  emulator.hub.telemetry.receive(key, { body: Buffer.from(text), properties: {}, system: {} });

/** The connection string with other parts. */
const eventsStringWith = (parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce(
    (text, [name, value]) => text.replace(new RegExp(`(?<=;${name}=)[^;]*`), value),
    emulator.eventsConnectionString(),
  );

test('a message of a device arrives with its properties and with the stamps of the hub', async () => {
  const device = Client.fromConnectionString(emulator.deviceConnectionString('d1'), Mqtt);
  const message = new Message(JSON.stringify({ celsius: 180 }));
  message.messageId = 'm1';
  message.correlationId = 'c1';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('level', 'high');
  const before = Date.now();
  await device.sendEvent(message);
  await device.close();
  const reader = read(newClient());
  await reader.received(1);
  await reader.close();
  const { generationId } = emulator.hub.registry.get('d1').identity;
  expect(reader.events).toMatchObject([
    {
      body: { celsius: 180 },
      properties: { level: 'high' },
      messageId: 'm1',
      correlationId: 'c1',
      contentType: 'application/json',
      offset: '0',
      sequenceNumber: 0,
      systemProperties: {
        'iothub-connection-device-id': 'd1',
        'iothub-connection-auth-method':
          '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
        'iothub-connection-auth-generation-id': generationId,
        'iothub-message-source': 'Telemetry',
        'iothub-enqueuedtime': expect.any(Number),
        contentEncoding: 'utf-8',
      },
    },
  ]);
  expect(reader.events[0]?.enqueuedTimeUtc.getTime()).toBeGreaterThanOrEqual(before);
});

test('a reader begins at the position that it names', async () => {
  for (const text of ['a', 'b', 'c']) send(text);
  const partitionId = String(emulator.hub.stream.partitionOf('d1'));
  const [, b] = emulator.hub.stream.read({ eventHub: 'events', partition: Number(partitionId) }, 0, 10);
  const from = async (position: EventPosition, count: number): Promise<string[]> => {
    const reader = read(newClient(), { startPosition: { [partitionId]: position } });
    await reader.received(count);
    await reader.close();
    return reader.bodies();
  };
  expect(await from(earliestEventPosition, 3)).toEqual(['a', 'b', 'c']);
  expect(await from({ offset: `${b?.offset}` }, 1)).toEqual(['c']);
  expect(await from({ sequenceNumber: 1, isInclusive: true }, 2)).toEqual(['b', 'c']);
  expect(await from({ enqueuedOn: 0 }, 3)).toEqual(['a', 'b', 'c']);
});

test('the string for a development emulator reads without TLS, on loopback only', async () => {
  const string = emulator.eventsConnectionString('events', 'plain');
  expect(string).toMatch(/^Endpoint=sb:\/\/localhost:\d+\/;.*;EntityPath=localhost;UseDevelopmentEmulator=true$/);
  send('a');
  const reader = read(newClient('$Default', string));
  await reader.received(1);
  await reader.close();
  expect([reader.bodies(), reader.errors]).toEqual([['a'], []]);
});

test('a reader of new events gets each one when it arrives, over WebSocket too', async () => {
  const client = new EventHubConsumerClient('$Default', emulator.eventsConnectionString(), {
    webSocketOptions: { webSocket: WebSocket },
  });
  const partitionId = String(emulator.hub.stream.partitionOf('d1'));
  const { lastEnqueuedSequenceNumber } = await client.getPartitionProperties(partitionId);
  send('old');
  const reader = read(client, { startPosition: { sequenceNumber: lastEnqueuedSequenceNumber } });
  await reader.received(1);
  send('new');
  await reader.received(2);
  expect(reader.bodies()).toEqual(['old', 'new']);
  await reader.close();
});

test('all groups see all events of all partitions', async () => {
  for (let i = 0; i < 20; i++) emulator.hub.registry.create({ deviceId: `many-${i}` }, {});
  const readers = [read(newClient()), read(newClient('second'))];
  for (let i = 0; i < 20; i++) send(`${i}`, `many-${i}`);
  for (const reader of readers) {
    await reader.received(20);
    expect([reader.events.length, [...reader.partitions].sort()]).toEqual([20, ['0', '1']]);
    await reader.close();
  }
});

test('a reader can ask how far its partition has come', async () => {
  send('a');
  send('b');
  const reader = read(newClient(), { startPosition: earliestEventPosition, trackLastEnqueuedEventProperties: true });
  await reader.received(2);
  expect(reader.last()).toMatchObject({ sequenceNumber: 1, offset: expect.stringMatching(/^\d+$/) });
  await reader.close();
});

test('an event hub tells about itself and its partitions', async () => {
  send('a');
  const client = newClient();
  expect(await client.getEventHubProperties()).toMatchObject({ name: 'localhost', partitionIds: ['0', '1'] });
  const partitionId = String(emulator.hub.stream.partitionOf('d1'));
  expect(await client.getPartitionProperties(partitionId)).toMatchObject({
    eventHubName: 'localhost',
    partitionId,
    beginningSequenceNumber: 0,
    lastEnqueuedSequenceNumber: 0,
    lastEnqueuedOffset: '0',
    isEmpty: false,
  });
  await client.close();
});

test('a routed message is in the event hub of its endpoint', async () => {
  emulator.hub.router.replace({
    endpoints: { eventHubs: [{ name: 'hot' }] },
    routes: [{ name: 'all', source: 'DeviceMessages', endpointNames: ['hot'] }],
  });
  send('warm');
  const reader = read(newClient('$Default', emulator.eventsConnectionString('hot')));
  await reader.received(1);
  expect(reader.bodies()).toEqual(['warm']);
  await reader.close();
});

test('a reader with an owner level takes the partition from another', async () => {
  const first = read(newClient(), { ownerLevel: 1, startPosition: earliestEventPosition });
  send('a');
  await first.received(1);
  const second = read(newClient(), { ownerLevel: 2, startPosition: earliestEventPosition });
  await second.received(1);
  await first.failed();
  expect(first.errors[0]).toMatchObject({ code: 'ReceiverDisconnectedError' });
  expect(second.bodies()).toEqual(['a']);
  await first.close();
  await second.close();
});

test.each<[string, () => EventHubConsumerClient]>([
  ['an unknown consumer group', () => newClient('third')],
  ['an event hub that does not exist', () => newClient('$Default', eventsStringWith({ EntityPath: 'cold' }))],
])('%s is refused', async (_, makeClient) => {
  const reader = read(makeClient(), { startPosition: latestEventPosition });
  await reader.failed();
  expect(reader.errors[0]).toMatchObject({ code: 'MessagingEntityNotFoundError' });
  await reader.close();
});

test.each<[string, () => string]>([
  [
    'a policy that may only read the registry',
    () => {
      const [, key = ''] = /SharedAccessKey=(.*)/.exec(emulator.connectionString('registryRead')) ?? [];
      return eventsStringWith({ SharedAccessKeyName: 'registryRead', SharedAccessKey: key });
    },
  ],
  ['a wrong key', () => eventsStringWith({ SharedAccessKey: 'd3Jvbmc=' })],
])('%s is refused', async (_, makeString) => {
  const client = newClient('$Default', makeString());
  await expect(client.getEventHubProperties()).rejects.toMatchObject({ code: 'UnauthorizedError' });
  await client.close();
});

test('sending to an event hub of a hub is refused', async () => {
  const producer = new EventHubProducerClient(emulator.eventsConnectionString(), { retryOptions: { maxRetries: 0 } });
  await expect(producer.sendBatch([{ body: 'a' }])).rejects.toMatchObject({ code: 'UnauthorizedError' });
  await producer.close();
});
