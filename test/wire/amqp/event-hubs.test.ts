import { once } from 'node:events';
import type { Receiver } from 'rhea';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { policyToken } from '../../support/wire/authenticated-hub.ts';

let world: AmqpHub;
let client: AmqpClient;
beforeEach(async () => {
  world = await openAmqpHub();
  client = await world.service();
});
afterEach(() => world[Symbol.asyncDispose]());

const send = (...texts: readonly string[]): void => {
  for (const text of texts) world.hub.telemetry.receive('d1', { body: Buffer.from(text), properties: {}, system: {} });
};

const addressOf = (partition: number | string = world.hub.stream.partitionOf('d1'), group = '$Default'): string =>
  `${world.hub.hostName.split('.')[0]}/ConsumerGroups/${group}/Partitions/${partition}`;

const SELECTOR = 'apache.org:selector-filter:string';

/** A link that begins where the filter says, with credit for `credit` events. */
const read = (condition?: string, { credit = 100, address = addressOf(), properties = {} } = {}) =>
  client.receiver(address, {
    source: { address, ...(condition === undefined ? {} : { filter: { [SELECTOR]: condition } }) },
    credit_window: credit,
    properties,
  });

const bodyOf = async (receiver: Receiver | string): Promise<string> =>
  (await client.next(receiver)).message.body.content.toString();

test('a reader gets the events of its partition, and a slow one does not stop another', async () => {
  send('a', 'b');
  const slow = await read(undefined, { credit: 0 });
  const fast = await read("amqp.annotation.x-opt-offset > '-1'");
  if (typeof slow === 'string') throw new Error(slow);
  slow.add_credit(1);
  expect([await bodyOf(slow), await bodyOf(fast), await bodyOf(fast)]).toEqual(['a', 'a', 'b']);
  send('c');
  expect(await bodyOf(fast)).toBe('c');
  slow.add_credit(2);
  expect([await bodyOf(slow), await bodyOf(slow)]).toEqual(['b', 'c']);
});

test('a consumer that does not read its socket holds up no other one, and little is kept for it', async () => {
  const slow = await world.service();
  const pile = await slow.receiver(addressOf(), { credit_window: 5000 });
  slow.socket.pause();
  const fast = await read();
  const body = Buffer.alloc(8 * 1024, 'x');
  let [most, got] = [0, 0];
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 100; i++) world.hub.telemetry.receive('d1', { body, properties: {}, system: {} });
    for (let i = 0; i < 100; i++) got += (await client.next(fast)).message.body.content.length;
    most = Math.max(most, world.sockets.at(-1)?.writableLength ?? 0);
  }
  expect(got).toBe(2000 * body.length);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(2 * 1024 * 1024);
  slow.socket.resume();
  for (let i = 0; i < 2000; i++) await slow.next(pile);
});

test('after a restore, a reader goes on with what comes', async () => {
  const before = takeSnapshot(world.hub);
  send('a');
  const reader = await read();
  expect(await bodyOf(reader)).toBe('a');
  restoreSnapshot(world.hub, before);
  send('b');
  expect(await bodyOf(reader)).toBe('b');
});

// https://learn.microsoft.com/azure/event-hubs/event-hubs-amqp-troubleshoot
test('a reader of an endpoint that is removed is told, and a new one misses nothing of the endpoint that follows', async () => {
  const hot = {
    endpoints: { eventHubs: [{ name: 'hot' }] },
    routes: [{ name: 'all', source: 'DeviceMessages', endpointNames: ['hot'] }],
  };
  const address = addressOf().replace(/^[^/]*/, 'hot');
  world.hub.router.replace(hot);
  send('a');
  const reader = await read(undefined, { address });
  if (typeof reader === 'string') throw new Error(reader);
  expect(await bodyOf(reader)).toBe('a');
  const told = once(reader, 'receiver_error');
  world.hub.router.replace({});
  await told;
  expect(reader.error).toMatchObject({ condition: 'amqp:not-found' });
  world.hub.router.replace(hot);
  const next = await read(undefined, { address });
  send('b');
  expect(await bodyOf(next)).toBe('b');
});

test('a reader of an endpoint that a restore takes away is told', async () => {
  const before = takeSnapshot(world.hub);
  world.hub.router.replace({
    endpoints: { eventHubs: [{ name: 'hot' }] },
    routes: [{ name: 'all', source: 'DeviceMessages', endpointNames: ['hot'] }],
  });
  const reader = await read(undefined, { address: addressOf().replace(/^[^/]*/, 'hot') });
  if (typeof reader === 'string') throw new Error(reader);
  const told = once(reader, 'receiver_error');
  restoreSnapshot(world.hub, before);
  await told;
  expect(reader.error).toMatchObject({ condition: 'amqp:not-found' });
});

// https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas
test('the sixth reader of a group is refused, until another leaves', async () => {
  const readers = await Promise.all([1, 2, 3, 4, 5].map(() => read()));
  expect(await read()).toBe('amqp:resource-limit-exceeded');
  const [first] = readers;
  if (typeof first !== 'object') throw new Error(first);
  first.close();
  await once(first, 'receiver_close');
  expect(typeof (await read())).toBe('object');
});

test.each<[string, () => Promise<unknown>, string]>([
  ['an offset behind the last event', () => read("amqp.annotation.x-opt-offset > '9'"), 'com.microsoft:argument-error'],
  ['a filter of another kind', () => read("color = 'red'"), 'com.microsoft:argument-error'],
  [
    'a partition that does not exist',
    () => read(undefined, { address: addressOf(4) }),
    'com.microsoft:argument-out-of-range',
  ],
  ['an unknown group', () => read(undefined, { address: addressOf(0, 'other') }), 'amqp:not-found'],
  ['sending', () => client.sender(addressOf().split('/')[0] ?? ''), 'amqp:unauthorized-access'],
])('%s is refused', async (_, attach, condition) => {
  expect(await attach()).toBe(condition);
});

// as azure-messaging-eventhubs 5.21.5 for Java does
test('a request to the management node may bring its token along, and is refused without one', async () => {
  const peer = await world.connect();
  const answers = await peer.receiver('$management', { target: { address: 'replies' } });
  const questions = await peer.sender('$management');
  if (typeof questions === 'string') throw new Error(questions);
  const ask = async (token: object): Promise<unknown> => {
    const question = { operation: 'READ', type: 'com.microsoft:eventhub', name: 'localhost', ...token };
    questions.send({ message_id: 1, reply_to: 'replies', application_properties: question, body: null });
    return (await peer.next(answers)).message.application_properties?.['status-code'];
  };
  expect(await ask({})).toBe(401);
  expect(await ask({ security_token: policyToken('registryRead') })).toBe(401);
  expect(await ask({ security_token: policyToken('service') })).toBe(200);
  expect(await ask({})).toBe(200);
});

test.each([
  // newEventHubProperties in mgmt.go of azeventhubs 2.0.2 for Go asks again and again if it is missing
  ['an event hub says that it is not replicated', { type: 'com.microsoft:eventhub' }, { georeplication_factor: 1 }],
  // azure_messaging_eventhubs 0.16.0 for Rust looks whether they are there: src/common/management.rs
  [
    'a partition tells the epochs of its sequence numbers',
    { type: 'com.microsoft:partition', partition: '0' },
    { begin_sequence_number_epoch: expect.any(Number), last_enqueued_sequence_number_epoch: expect.any(Number) },
  ],
])('%s', async (_, question, answer) => {
  const answers = await client.receiver('$management', { target: { address: 'replies' } });
  const questions = await client.sender('$management');
  if (typeof questions === 'string') throw new Error(questions);
  const application_properties = { operation: 'READ', name: 'localhost', ...question };
  questions.send({ message_id: 1, reply_to: 'replies', application_properties, body: null });
  expect((await client.next(answers)).message.body).toMatchObject(answer);
});

test('a device cannot read events', async () => {
  const device = await world.device();
  expect(await device.receiver(addressOf())).toBe('amqp:unauthorized-access');
});

// https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/eventhub/event-hubs/samples/v5/typescript/src/iothubConnectionString.ts
test.each(['/messages/events/$management', 'amqps://contoso/messages/events/$management', '/messages/events'])(
  'a reader of %s is sent to the event hub',
  async (address) => {
    const receiver = client.connection.open_receiver({ source: { address } });
    await once(receiver, 'receiver_error');
    const { condition, info } = receiver.error as { condition: string; info: Record<string, unknown> }; // as rhea has it
    const rest = address.includes('$management') ? '/$management' : '';
    expect([condition, info]).toEqual([
      'amqp:link:redirect',
      {
        hostname: expect.any(String),
        'network-host': expect.any(String),
        port: world.port,
        address: expect.stringMatching(new RegExp(`^amqps://[^/]+:${world.port}/[^/]+${rest.replace('$', '\\$')}$`)),
      },
    ]);
  },
);

// https://github.com/Azure/azure-iot-sdk-python/blob/main/azure-iot-device/azure/iot/device/iothub/pipeline/mqtt_topic_iothub.py
test('times of a message without a zone are UTC, wherever the machine is', async () => {
  vi.stubEnv('TZ', 'America/New_York');
  onTestFinished(() => void vi.unstubAllEnvs());
  const system = { expiryTimeUtc: '2026-11-24T08:00:00.123456', creationTimeUtc: '2026-11-23T08:00:00' };
  world.hub.telemetry.receive('d1', { body: Buffer.from('a'), properties: {}, system });
  expect((await client.next(await read())).message).toMatchObject({
    absolute_expiry_time: new Date('2026-11-24T08:00:00.123Z'),
    creation_time: new Date('2026-11-23T08:00:00Z'),
  });
});
