import { expect, test } from 'vitest';
import { int, list, symbol, timestamp, uuid } from '../../emulator/servers/amqp/engine/codec/values.ts';
import { decodeBatch, decodeMessage } from '../../emulator/servers/amqp/engine/message/decode.ts';
import { encodeDeliveryAnnotations, encodeMessage } from '../../emulator/servers/amqp/engine/message/encode.ts';
import type { Message } from '../../emulator/servers/amqp/engine/message/message.ts';
import { idText, stringId, ulongId, uuidId } from '../../emulator/servers/amqp/engine/message/message-id.ts';
import { hex } from '../support/amqp/hex.ts';
import { messages, typed } from '../support/amqp/rhea-codec.ts';

const body = { type: 'data', data: Buffer.from('{}') } as const;

test('sections are read by their descriptors, part 3 §3.2', () => {
  const bytes = hex(`
    00 53 70 c0 08 05 41 50 09 52 64 42 43
    00 53 71 c1 07 02 a3 01 64 a1 01 61
    00 53 72 c1 07 02 a3 01 6d a1 01 62
    00 53 73 c0 06 03 a1 01 31 40 40
    00 53 74 c1 06 02 a1 01 70 54 05
    00 53 75 a0 02 7b7d
    00 53 78 c1 06 02 a3 01 66 54 06`);
  expect(decodeMessage(bytes)).toEqual({
    header: { isDurable: true, priority: 9, ttl: 100, isFirstAcquirer: false, deliveryCount: 0 },
    deliveryAnnotations: new Map([['d', 'a']]),
    messageAnnotations: new Map([['m', 'b']]),
    properties: { messageId: { type: 'string', bytes: hex('a1 01 31') } },
    applicationProperties: new Map([['p', int(5)]]),
    body,
    footer: new Map([['f', int(6)]]),
  });
});

test.each<[what: string, bytes: string, Message['body']]>([
  ['several data sections', '00 53 75 a0 01 61 00 53 75 b0 00000001 62', { type: 'data', data: Buffer.from('ab') }],
  ['a value', '00 53 77 a1 01 61', { type: 'value', value: 'a' }],
  ['the value null', '00 53 77 40', { type: 'value', value: null }],
  [
    'several sequences',
    '00 53 76 c0 02 01 43 00 53 76 45 00 53 76 c0 02 01 41',
    { type: 'sequence', items: [{ type: 'uint', value: 0 }, true] },
  ],
  ['none at all', '', { type: 'data', data: Buffer.alloc(0) }],
  [
    'a symbolic descriptor',
    `00 a3 10 ${Buffer.from('amqp:data:binary').toString('hex')} a0 01 61`,
    { type: 'data', data: Buffer.from('a') },
  ],
])('a body of %s', (_what, bytes, expected) => {
  expect(decodeMessage(hex(bytes)).body).toEqual(expected);
});

test('trap 8: a batch holds a message in each data section', () => {
  const inner = ['a', 'b'].map((text) =>
    messages.encode({ message_id: text, body: messages.data_section(Buffer.from(text)) }),
  );
  const bytes = messages.encode({ body: messages.data_sections(inner) });
  expect(
    decodeBatch(bytes).map(({ properties, body: { ...content } }) => [
      properties?.messageId && idText(properties.messageId),
      content,
    ]),
  ).toEqual([
    ['a', { type: 'data', data: Buffer.from('a') }],
    ['b', { type: 'data', data: Buffer.from('b') }],
  ]);
});

test('a message of rhea is read, times and all', () => {
  const bytes = messages.encode({
    durable: true,
    ttl: 60_000,
    message_annotations: { 'iothub-enqueuedtime': typed('wrap_timestamp', 1_795_000_000_000), operation: 'GET' },
    message_id: 'm',
    user_id: Buffer.from('hub'),
    to: '/devices/d1/messages/devicebound',
    correlation_id: hex('00112233445566778899aabbccddeeff'),
    content_type: 'application/json',
    content_encoding: 'utf-8',
    absolute_expiry_time: 1_795_000_000_001,
    creation_time: new Date(1_795_000_000_002),
    group_sequence: 3,
    application_properties: { 'iothub-ack': 'full', status: typed('wrap_int', 200) },
    body: messages.data_section(Buffer.from('{}')),
  });
  expect(decodeMessage(bytes)).toEqual({
    header: { isDurable: true, ttl: 60_000 },
    messageAnnotations: new Map([
      ['iothub-enqueuedtime', timestamp(1_795_000_000_000)],
      ['operation', 'GET'],
    ]),
    properties: {
      messageId: stringId('m'),
      userId: Buffer.from('hub'),
      to: '/devices/d1/messages/devicebound',
      correlationId: uuidId('00112233-4455-6677-8899-aabbccddeeff'),
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      absoluteExpiryTime: 1_795_000_000_001,
      creationTime: 1_795_000_000_002,
      groupSequence: 3,
    },
    applicationProperties: new Map([
      ['iothub-ack', 'full'],
      ['status', int(200)],
    ]),
    body,
  });
});

test('rhea reads a message of ours', () => {
  const bytes = encodeMessage({
    header: { isDurable: false, priority: 4, deliveryCount: 2 },
    messageAnnotations: new Map([
      ['x-opt-sequence-number', { type: 'long', value: 17 }],
      ['x-opt-offset', '4294967296'],
      ['list', list(int(1), uuid('00112233-4455-6677-8899-aabbccddeeff'))],
    ]),
    properties: { messageId: ulongId(5), contentType: 'text/plain', groupSequence: 7, absoluteExpiryTime: 9 },
    applicationProperties: new Map([
      ['a', true],
      ['b', symbol('s')],
    ]),
    body: { type: 'sequence', items: ['x', int(1)] },
    footer: new Map([['f', 'g']]),
  });
  const { body: read, ...rest } = messages.decode(bytes);
  expect(rest).toEqual({
    durable: false,
    priority: 4,
    delivery_count: 2,
    message_annotations: {
      'x-opt-sequence-number': 17,
      'x-opt-offset': '4294967296',
      list: [1, hex('00112233445566778899aabbccddeeff')],
    },
    message_id: 5,
    content_type: 'text/plain',
    group_sequence: 7,
    absolute_expiry_time: new Date(9),
    application_properties: { a: true, b: 's' },
    footer: { f: 'g' },
  });
  expect(read).toMatchObject({ typecode: 0x76, content: ['x', 1] });
});

test('delivery annotations of one reader go before bytes that all readers share', () => {
  const shared = encodeMessage({ messageAnnotations: new Map([['m', 'x']]), body });
  const annotations = new Map([['last_enqueued_offset', '7']]);
  expect(decodeMessage(Buffer.concat([encodeDeliveryAnnotations(annotations), shared]))).toEqual({
    deliveryAnnotations: annotations,
    messageAnnotations: new Map([['m', 'x']]),
    body,
  });
});
