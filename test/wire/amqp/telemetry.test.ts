import { once } from 'node:events';
import { message as rheaMessage, types } from 'rhea';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';

const EVENTS = '/devices/d1/messages/events';
let world: AmqpHub;
let client: AmqpClient;
beforeAll(async () => {
  world = await openAmqpHub();
  world.hub.registry.create({ deviceId: 'd 2'.replace(' ', '%') }, {});
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  client = await world.device('d1');
  world.events.length = 0;
  return () => client.vanish();
});

const data = (text: string | Buffer) => rheaMessage.data_section(Buffer.from(text));
const telemetry = () =>
  world.events.flatMap((event) => {
    if (event.type !== 'telemetry') return [];
    const { body, properties, system } = event.message;
    return [{ body: Buffer.from(body).toString(), properties: { ...properties }, system }];
  });

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
test('properties of all sections arrive under the names of the hub', async () => {
  expect(
    await client.send(EVENTS, {
      message_id: 'm1',
      correlation_id: 'c1',
      user_id: 'u1',
      to: EVENTS,
      content_type: 'application/json',
      content_encoding: 'utf-8',
      absolute_expiry_time: new Date('2026-11-24T00:00:00Z'),
      message_annotations: { 'dt-subject': 'thermostat', 'x-opt-other': 1 },
      application_properties: { level: 'high', count: 3, isHot: true, 'iothub-outputname': 'out' },
      body: data('{"t":21}'),
    }),
  ).toBe('accepted');
  expect(telemetry()).toEqual([
    {
      body: '{"t":21}',
      properties: { level: 'high', count: '3', isHot: 'true' },
      system: {
        ...{ messageId: 'm1', correlationId: 'c1', userId: 'u1', to: EVENTS },
        ...{ contentType: 'application/json', contentEncoding: 'utf-8', expiryTimeUtc: '2026-11-24T00:00:00Z' },
        ...{ componentName: 'thermostat', outputName: 'out', connectionDeviceId: 'd1', messageSource: 'Telemetry' },
        connectionAuthMethod: '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
        connectionDeviceGenerationId: expect.any(String),
        enqueuedTime: '2026-11-23T12:00:00Z',
      },
    },
  ]);
});

test('an id that is a uuid arrives as its text', async () => {
  const message_id = types.wrap_uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex'));
  await client.send(EVENTS, { message_id: message_id as unknown as Buffer, body: data('x') }); // rhea accepts typed ids
  expect(telemetry()[0]?.system.messageId).toBe('00112233-4455-6677-8899-aabbccddeeff');
});

// trap 8
test('a batch is several messages', async () => {
  const sender = await client.sender(EVENTS);
  if (typeof sender === 'string') throw new Error(sender);
  const parts = ['one', 'two'].map((text) => rheaMessage.encode({ body: data(text) }));
  const batch = rheaMessage.encode({ body: rheaMessage.data_sections(parts) });
  const accepted = new Promise((done) => sender.once('accepted', done));
  sender.send(batch, undefined, 0x8001_3700);
  await accepted;
  expect(telemetry().map(({ body }) => body)).toEqual(['one', 'two']);
});

test('a message of more than 256 KB is rejected, and the connection goes on', async () => {
  const big = { body: data(Buffer.alloc(256 * 1024 + 1)) };
  expect(await client.send(EVENTS, big)).toBe('amqp:link:message-size-exceeded');
  expect(await client.send(EVENTS, { body: data('x') })).toBe('accepted');
});

test('a batch of so many empty messages that it is larger than 256 KB is rejected as a whole', async () => {
  const sender = await client.sender(EVENTS);
  if (typeof sender === 'string') throw new Error(sender);
  const empty = rheaMessage.encode({ body: data('') });
  const batch = rheaMessage.encode({ body: rheaMessage.data_sections(Array.from({ length: 40_000 }, () => empty)) });
  const rejected = once(sender, 'rejected');
  sender.send(batch, undefined, 0x8001_3700);
  const [{ delivery }] = await rejected;
  expect(delivery.remote_state.error.condition).toBe('amqp:link:message-size-exceeded');
  expect(telemetry()).toEqual([]);
});

test.each([
  ['amqps://localhost/devices/d1/messages/events'],
  ['devices/d1/messages/events/'],
  ['/Devices/d1/Messages/Events'],
])('%s is the address of the device too', async (address) => {
  expect(await client.send(address, { body: data('x') })).toBe('accepted');
});

test.each([
  ['/devices/D1/messages/events', 'amqp:unauthorized-access'],
  ['/devices/d1/messages', 'amqp:not-found'],
  ['/devices/d1/messages/devicebound', 'amqp:not-found'],
  ['', 'amqp:not-found'],
])('%s is refused as an address to send to', async (address, condition) => {
  expect(await client.sender(address)).toBe(condition);
});

test('ids are URL-encoded in addresses, or not', async () => {
  const other = await world.device('d%2');
  expect(await other.send('/devices/d%252/messages/events', { body: data('x') })).toBe('accepted');
  expect(await other.send('/devices/d%2/messages/events', { body: data('x') })).toBe('accepted');
  other.vanish();
});

test('a device is connected from its first link to its last', async () => {
  const sender = await client.sender(EVENTS);
  const receiver = await client.receiver('/devices/d1/methods/devicebound');
  if (typeof sender === 'string' || typeof receiver === 'string') throw new Error('refused');
  expect(world.hub.sessions.find('d1')?.protocol).toBe('amqp');
  expect(world.hub.sessions.listening('d1').capabilities).toEqual({ methods: null });
  receiver.close();
  await new Promise((done) => receiver.once('receiver_close', done));
  expect(world.hub.sessions.listening('d1').capabilities).toEqual({});
  sender.close();
  await new Promise((done) => sender.once('sender_close', done));
  expect(world.hub.sessions.find('d1')).toBeUndefined();
});

test('several devices use one connection, and one of them can be dropped', async () => {
  const { identityToken } = await import('../../support/wire/authenticated-hub.ts');
  await client.putToken(identityToken(world.hub, 'd%2'));
  for (const id of ['d1', 'd%2'])
    expect(await client.send(`/devices/${id}/messages/events`, { body: data(id) })).toBe('accepted');
  world.hub.sessions.drop('d1', 'requested');
  expect(await client.send('/devices/d%2/messages/events', { body: data('again') })).toBe('accepted');
  expect(telemetry().map(({ body }) => body)).toEqual(['d1', 'd%2', 'again']);
});
