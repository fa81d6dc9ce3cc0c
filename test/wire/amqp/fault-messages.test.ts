import { once } from 'node:events';
import { type Receiver, message as rheaMessage, type Sender } from 'rhea';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { identityToken } from '../../support/wire/authenticated-hub.ts';

// https://github.com/Azure/azure-iot-sdk-csharp/blob/main/e2e/test/helpers/templates/FaultInjection.cs

const EVENTS = '/devices/d1/messages/events';
const TWIN = '/devices/d1/twin';
const METHODS = '/devices/d1/methods/devicebound';
const DEVICEBOUND = '/devices/d1/messages/devicebound';
const FORCED = 'amqp:link:detach-forced';
let world: AmqpHub;
let client: AmqpClient;
beforeAll(async () => {
  world = await openAmqpHub({ sdkFaults: true });
  world.hub.registry.create({ deviceId: 'd2' }, {});
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  world.hub.faults.clear();
  world.events.length = 0;
  world.lines.length = 0;
  client = await world.device('d1');
  return () => client.vanish();
});

const asking = (type: string, duration = 0) => ({
  AzIoTHub_FaultOperationType: type,
  AzIoTHub_FaultOperationCloseReason: 'boom',
  AzIoTHub_FaultOperationDelayInSecs: 1,
  AzIoTHub_FaultOperationDurationInSecs: duration,
});
const ask = (type: string, duration?: number): Promise<string> =>
  client.send(EVENTS, { body: '', application_properties: asking(type, duration) });
const telemetry = () => world.events.filter(({ type }) => type === 'telemetry').length;
const injected = () => world.events.flatMap((event) => (event.type === 'fault.injected' ? [event.rule] : []));
/** Condition and description with which a link was detached. */
type Link = Sender | Receiver;
const detached = async (link: Link | string): Promise<unknown> => {
  if (typeof link === 'string') throw new Error(link);
  await once(link, `${link.is_sender() ? 'sender' : 'receiver'}_close`);
  return link.error;
};
const attach = async (address: string, direction: 'sender' | 'receiver') => {
  const link = await client[direction](address);
  return typeof link === 'string' ? link : 'open';
};

test.each([
  ['KillTcp', undefined],
  ['ShutDownAmqp', undefined],
  ['KillAmqpConnection', { condition: FORCED, description: 'boom' }],
])('%s ends the connection, and the device is not admitted for a while', async (type, error) => {
  expect(await ask(type, 10)).toBe('accepted');
  expect([client.connection.is_open(), injected()]).toEqual([true, []]);
  world.clock.advance(1000);
  await client.ended();
  expect(client.connection.error ?? undefined).toEqual(error && expect.objectContaining(error));
  expect([injected(), telemetry()]).toEqual([[`sdk-${type}-d1`], 0]);
  expect(world.lines).toMatchObject([{ device: 'd1', fault: type, reason: 'boom' }]);
  const refused = await world.connect();
  void refused.putToken(identityToken(world.hub, 'd1'));
  await refused.ended();
  const other = await world.device('d2');
  expect(await other.send('/devices/d2/messages/events', { body: 'x' })).toBe('accepted');
  other.vanish();
  world.clock.advance(10_000);
  client = await world.device('d1');
  expect(await client.send(EVENTS, { body: 'x' })).toBe('accepted');
});

test('KillTcp ends the connection without a close, ShutDownAmqp with one', async () => {
  const closes: string[] = [];
  for (const type of ['KillTcp', 'ShutDownAmqp']) {
    client.connection.on('connection_close', () => closes.push(type));
    await ask(type);
    world.clock.advance(1000);
    await client.ended();
    client = await world.device('d1');
  }
  expect(closes).toEqual(['ShutDownAmqp']);
});

test('KillAmqpSession ends the session of the device, and its links are refused for a while', async () => {
  const ended = once(client.connection, 'session_close');
  expect(await ask('KillAmqpSession', 10)).toBe('accepted');
  world.clock.advance(1000);
  const [{ session }] = await ended;
  expect(session.error).toMatchObject({ condition: FORCED, description: 'boom' });
  const again = await world.device('d1');
  expect(await again.sender(EVENTS)).toBe(FORCED);
  world.clock.advance(10_000);
  expect(await again.send(EVENTS, { body: 'x' })).toBe('accepted');
  again.vanish();
});

test('KillAmqpSession leaves the other devices of a connection alone', async () => {
  await client.putToken(identityToken(world.hub, 'd2'));
  const session = client.connection.create_session();
  session.open();
  const other = session.open_sender('/devices/d2/messages/events');
  await once(other, 'sendable');
  await ask('KillAmqpSession', 10);
  world.clock.advance(1000);
  await once(client.connection, 'session_close');
  other.send({ body: 'x' });
  await once(other, 'accepted');
  expect(world.hub.sessions.find('d1')).toBeUndefined();
});

test.each([
  ['KillAmqpD2CLink', EVENTS, 'sender'],
  ['KillAmqpC2DLink', DEVICEBOUND, 'receiver'],
  ['KillAmqpTwinLinkReq', TWIN, 'sender'],
  ['KillAmqpTwinLinkResp', TWIN, 'receiver'],
  ['KillAmqpMethodReqLink', METHODS, 'receiver'],
  ['KillAmqpMethodRespLink', METHODS, 'sender'],
] as const)('%s detaches the link of the device, which is refused for a while', async (type, address, direction) => {
  const link = await client[direction](address);
  const others = await Promise.all([client.sender(TWIN), client.receiver(TWIN), client.receiver(METHODS)]);
  expect(await ask(type, 10)).toBe('accepted');
  const gone = detached(link);
  world.clock.advance(1000);
  expect(await gone).toMatchObject({ condition: FORCED, description: 'boom' });
  const untouched = others.filter((other) => typeof other === 'object' && !isAt(other, address, direction));
  expect(untouched.map((other) => typeof other === 'object' && other.is_open())).toEqual(untouched.map(() => true));
  expect(await attach(address, direction)).toBe(FORCED);
  world.clock.advance(10_000);
  expect([await attach(address, direction), injected()]).toEqual(['open', [`sdk-${type}-d1`, `sdk-${type}-d1`]]);
});

const isAt = (link: Link, address: string, direction: 'sender' | 'receiver'): boolean =>
  link.is_sender() === (direction === 'sender') && [link.source?.address, link.target?.address].includes(address);

test.each(['KillAmqpCBSLinkReq', 'KillAmqpCBSLinkResp'])(
  '%s detaches a link for tokens, and the next token is taken',
  async (type) => {
    const closed = once(client.connection, type.endsWith('Req') ? 'sender_close' : 'receiver_close');
    expect(await ask(type, 10)).toBe('accepted');
    world.clock.advance(1000);
    const [{ sender, receiver }] = await closed;
    const link: Link = sender ?? receiver;
    expect([link.source?.address, link.target?.address]).toContain('$cbs');
    expect(link.error).toMatchObject({ condition: FORCED, description: 'boom' });
    const again = await world.device('d1');
    expect(await again.send(EVENTS, { body: 'x' })).toBe('accepted');
    again.vanish();
  },
);

// what the SDK for Node expects: https://github.com/Azure/azure-iot-sdk-node/blob/main/e2etests/test/throttle_disconnect.js
test.each([
  ['InvokeThrottling', 'com.microsoft:device-container-throttled', 429],
  ['InvokeMaxMessageQuota', 'amqp:resource-limit-exceeded', 200],
  ['InvokeAuthError', 'amqp:unauthorized-access', 401],
])('%s lets messages fail for a while, and nothing ends', async (type, condition, status) => {
  const answers = await client.receiver(TWIN);
  expect(await ask(type, 5)).toBe('accepted');
  expect(await client.send(EVENTS, { body: 'x' })).toBe('accepted');
  world.clock.advance(1000);
  const sender = (await client.sender(EVENTS)) as Sender; // faults of this type do not strike links
  sender.send({ body: 'x' });
  const [{ delivery }] = await once(sender, 'rejected');
  expect(delivery.remote_state.error).toMatchObject({ condition, description: 'boom' });
  await client.send(TWIN, {
    correlation_id: '1',
    message_annotations: { operation: 'GET' },
    body: rheaMessage.data_section(Buffer.of()),
  });
  expect((await client.next(answers)).message.message_annotations?.status).toBe(status);
  world.clock.advance(5000);
  expect(await client.send(EVENTS, { body: 'x' })).toBe('accepted');
  expect([telemetry(), world.hub.faults.list()]).toEqual([2, []]);
});

// https://github.com/Azure/azure-iot-sdk-c/blob/main/iothub_client/src/uamqp_messaging.c
test('the properties may be those of a batch, as the SDK for C sends them', async () => {
  const sender = (await client.sender(EVENTS)) as Sender; // not refused
  const content = rheaMessage.encode({ body: rheaMessage.data_section(Buffer.from('x')) });
  const batch = rheaMessage.encode({
    application_properties: asking('KillAmqpD2CLink'),
    body: rheaMessage.data_sections([content]),
  });
  const gone = detached(sender);
  sender.send(batch, undefined, 0x80013700);
  await once(sender, 'accepted');
  world.clock.advance(1000);
  expect([await gone, telemetry()]).toMatchObject([{ condition: FORCED }, 0]);
});

test('a message that asks for a fault need not be one that the hub takes as telemetry', async () => {
  const body = rheaMessage.sequence_section(['x']);
  expect(await client.send(EVENTS, { body, application_properties: asking('KillAmqpD2CLink') })).toBe('accepted');
  expect(await client.send(EVENTS, { body, subject: 'AzIoTHub_FaultOperation' })).toBe('com.microsoft:argument-error');
});

test('types for MQTT and unknown ones are telemetry', async () => {
  for (const type of ['ShutDownMqtt', 'toString']) expect(await ask(type)).toBe('accepted');
  expect([telemetry(), injected()]).toEqual([2, []]);
});

test('without sdkFaults such a message is telemetry, and the log has the cause', async () => {
  await using plain = await openAmqpHub();
  const device = await plain.device('d1');
  const message = { body: '', application_properties: asking('KillAmqpConnection') };
  expect(await device.send(EVENTS, message)).toBe('accepted');
  expect(plain.events.filter(({ type }) => type === 'telemetry')).toHaveLength(1);
  expect(plain.lines).toMatchObject([
    { device: 'd1', cause: 'sdkFaults is off', remedy: 'start with --sdk-faults on' },
  ]);
  device.vanish();
});
