import { type Receiver, message as rheaMessage, type Sender } from 'rhea';
import { beforeEach, expect, test } from 'vitest';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';

const INBOX = '/devices/d1/messages/devicebound';
const FEEDBACK = '/messages/serviceBound/feedback';
let world: AmqpHub;
let device: AmqpClient;
let service: AmqpClient;
beforeEach(async () => {
  world = await openAmqpHub();
  device = await world.device('d1');
  service = await world.service();
  return () => world[Symbol.asyncDispose]();
});

const attached = <L extends Sender | Receiver>(link: L | string): L => {
  if (typeof link === 'string') throw new Error(link);
  return link;
};
const message = (fields: object = {}) => ({ to: INBOX, body: rheaMessage.data_section(Buffer.from('hi')), ...fields });
const happened = () => world.events.flatMap(({ type }) => (type.startsWith('c2d.') ? [type.slice(4)] : []));
const until = async (event: string): Promise<void> => {
  while (!happened().includes(event)) await new Promise((done) => setImmediate(done));
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
test('a message arrives with its properties and those of the hub', async () => {
  const receiver = attached(await device.receiver(INBOX));
  const sent = message({
    message_id: 'm1',
    correlation_id: 'c1',
    content_type: 'text/plain',
    application_properties: { floor: '3', 'iothub-ack': 'full' },
  });
  expect(await service.send('/messages/devicebound', sent)).toBe('accepted');
  const { message: got, delivery } = await device.next(receiver);
  const { lock } = world.hub.inbox.list('d1')[0] ?? {};
  expect({ ...got, body: String(got.body.content) }).toMatchObject({
    message_id: 'm1',
    correlation_id: 'c1',
    to: INBOX,
    content_type: 'text/plain',
    application_properties: { floor: '3', 'iothub-ack': 'full' },
    message_annotations: {
      'iothub-enqueuedtime': new Date('2026-11-23T12:00:00Z'),
      'iothub-deliverycount': 0,
      'x-opt-sequence-number': 1,
      'x-opt-lock-token': Buffer.from(lock?.token.replaceAll('-', '') ?? '', 'hex'),
    },
    body: 'hi',
  });
  // trap 7: SDKs for .NET make a Guid of the tag
  const [a = '', b = '', c = '', d = '', e = ''] = lock?.token.split('-') ?? [];
  const swapped = (text: string) => Buffer.from(text, 'hex').reverse().toString('hex');
  expect(Buffer.from(delivery.tag).toString('hex')).toBe(swapped(a) + swapped(b) + swapped(c) + d + e);
});

test.each([
  ['accept', 'completed', [], {}],
  ['reject', 'rejected', [], {}],
  ['release', 'abandoned', [], {}],
  ['modified', 'abandoned', [], { delivery_failed: true }],
  ['modified', 'rejected', [], { undeliverable_here: true }],
] as const)('%s: the message is %s', async (outcome, event, _, fields) => {
  const receiver = attached(await device.receiver(INBOX, { credit_window: 1 }));
  await service.send('/messages/devicebound', message());
  const { delivery } = await device.next(receiver);
  if (outcome === 'modified') delivery.modified(fields);
  else delivery[outcome]();
  await until(event);
});

test('messages wait for credit, in the hub', async () => {
  const receiver = attached(await device.receiver(INBOX, { credit_window: 0 }));
  for (const message_id of ['1', '2']) await service.send('/messages/devicebound', message({ message_id }));
  expect(happened()).toEqual(['enqueued', 'enqueued']);
  receiver.add_credit(1);
  expect((await device.next(receiver)).message.message_id).toBe('1');
  expect(happened()).toEqual(['enqueued', 'enqueued', 'delivered']);
});

test('what is not settled when the link ends is delivered again, which does not count', async () => {
  const receiver = attached(await device.receiver(INBOX));
  await service.send('/messages/devicebound', message({ message_id: '1' }));
  await device.next(receiver);
  receiver.close();
  await until('released');
  const again = attached(await device.receiver(INBOX));
  const { message_annotations } = (await device.next(again)).message;
  expect(message_annotations).toMatchObject({ 'iothub-deliverycount': 0, 'x-opt-sequence-number': 1 });
});

// AMQP 1.0, part 2 §2.6: a link that is attached and has credit receives
test('when the newer of two links ends, the older one receives what waits, and all that comes', async () => {
  const older = attached(await device.receiver(INBOX));
  const newer = attached(await device.receiver(INBOX));
  await service.send('/messages/devicebound', message({ message_id: '1' }));
  expect((await device.next(newer)).message.message_id).toBe('1');
  newer.close();
  expect((await device.next(older)).message.message_id).toBe('1');
  await service.send('/messages/devicebound', message({ message_id: '2' }));
  expect((await device.next(older)).message.message_id).toBe('2');
});

test('a delivery whose lock has run out is sent again, and the late outcome of the first one changes nothing', async () => {
  const receiver = attached(await device.receiver(INBOX));
  await service.send('/messages/devicebound', message());
  const first = await device.next(receiver);
  world.clock.advance(60_000);
  const second = await device.next(receiver);
  first.delivery.accept();
  await device.sender('/nowhere'); // rhea would settle both with the outcome of the first
  second.delivery.reject();
  await until('rejected');
  expect(happened()).not.toContain('completed');
});

test.each([
  ['an unknown device', { to: '/devices/absent/messages/devicebound' }, 'amqp:not-found'],
  ['no address', { to: undefined }, 'com.microsoft:argument-error'],
  [
    'a kind of feedback that does not exist',
    { application_properties: { 'iothub-ack': 'maybe' } },
    'com.microsoft:argument-error',
  ],
  ['a large body', { body: rheaMessage.data_section(Buffer.alloc(65_537)) }, 'amqp:link:message-size-exceeded'],
])('a message with %s is rejected', async (_, fields, condition) => {
  expect(await service.send('/messages/devicebound', message(fields))).toBe(condition);
});

test('the 51st message is rejected', async () => {
  for (let n = 0; n < 50; n += 1) world.hub.inbox.enqueue('d1', { body: Buffer.of(n), properties: {}, system: {} });
  expect(await service.send('/messages/devicebound', message())).toBe('amqp:resource-limit-exceeded');
});

test('feedback comes as one message for a batch, and again if it is released', async () => {
  const reader = attached(await service.receiver(FEEDBACK));
  const receiver = attached(await device.receiver(INBOX));
  const wanted = { message_id: 'm1', application_properties: { 'iothub-ack': 'full' } };
  await service.send('/messages/devicebound', message(wanted));
  (await device.next(receiver)).delivery.accept();
  await until('completed');
  world.clock.advance(15_000);
  const { message: batch, delivery } = await service.next(reader);
  expect([batch.content_type, String(batch.user_id)]).toEqual([
    'application/vnd.microsoft.iothub.feedback.json',
    'localhost',
  ]);
  const [record] = JSON.parse(String(batch.body.content));
  expect(record).toMatchObject({ originalMessageId: 'm1', statusCode: 'Success', deviceId: 'd1' });
  delivery.release();
  const again = await service.next(reader);
  again.delivery.accept();
  while ([...world.hub.feedback.batches()].length > 0) await new Promise((done) => setImmediate(done));
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload#service-file-upload-notifications
test('a file notification comes as one message, and again if it is released', async () => {
  const reader = attached(await service.receiver('/messages/serviceBound/filenotifications'));
  const { correlationId, blobName } = world.hub.files.begin('d1', { blobName: 'a' }, 'localhost');
  world.hub.blobs.put(blobName, Buffer.from('hello'), {});
  await world.hub.files.complete('d1', { correlationId, isSuccess: true });
  const { message: got, delivery } = await service.next(reader);
  expect(got.content_type).toBe('application/json; charset=utf-8');
  expect(got.message_annotations?.['iothub-enqueuedtime']).toEqual(new Date('2026-11-23T12:00:00Z'));
  expect(JSON.parse(String(got.body.content))).toEqual({
    deviceId: 'd1',
    blobUri: 'https://localhost/iothubemulator/uploads/d1/a',
    blobName: 'd1/a',
    lastUpdatedTime: '2026-11-23T12:00:00+00:00',
    blobSizeInBytes: 5,
    enqueuedTimeUtc: '2026-11-23T12:00:00Z',
  });
  delivery.release();
  const again = await service.next(reader);
  again.delivery.accept();
  while (world.hub.files.notifications.list().length > 0) await new Promise((done) => setImmediate(done));
});

test('a message to an input of a module names the input', async () => {
  world.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const module = await world.device('d1/m1');
  const receiver = attached(await module.receiver('/devices/d1/modules/m1/messages/events'));
  world.hub.inputs.send('d1/m1', 'in', { body: Buffer.from('x'), properties: {}, system: {} });
  const { message_annotations } = (await module.next(receiver)).message;
  expect(message_annotations).toEqual({ 'x-opt-input-name': 'in' });
});
