import { expect, test } from 'vitest';
import { Decoder } from '../../emulator/servers/amqp/engine/codec/decoder.ts';
import { encode } from '../../emulator/servers/amqp/engine/codec/encoder.ts';
import { symbol, ulong } from '../../emulator/servers/amqp/engine/codec/values.ts';
import { AmqpError } from '../../emulator/servers/amqp/engine/errors.ts';
import { type Performative, performatives } from '../../emulator/servers/amqp/engine/frames/performatives.ts';
import { hex } from '../support/amqp/hex.ts';
import { composite, outcome, type RheaFields, source, target, typed, written } from '../support/amqp/rhea-codec.ts';

const encoded = (performative: Performative): Buffer => encode((encoder) => performatives.write(encoder, performative));

const decoded = (bytes: Buffer) => performatives.read(new Decoder(bytes));

const fromRhea = (name: string, fields: RheaFields): Buffer => written(composite(name, fields).described());

// bytes by the tables of part 2 §2.7
test.each<[what: string, bytes: string, Performative]>([
  ['an open with nothing but its mandatory field, empty', '00 53 10 c0 03 01 a1 00', { type: 'open', containerId: '' }],
  ['an open without it', '00 53 10 45', { type: 'open' }],
  ['a symbolic descriptor', `00 a3 0f ${Buffer.from('amqp:close:list').toString('hex')} 45`, { type: 'close' }],
  [
    'a multiple-valued field with one symbol',
    '00 53 11 c0 09 06 40 43 43 43 40 a3 01 61',
    { type: 'begin', nextOutgoingId: 0, incomingWindow: 0, outgoingWindow: 0, offeredCapabilities: ['a'] },
  ],
  [
    'a multiple-valued field with an array',
    '00 53 11 c0 0e 06 40 43 43 43 40 e0 06 02 a3 01 61 01 62',
    { type: 'begin', nextOutgoingId: 0, incomingWindow: 0, outgoingWindow: 0, offeredCapabilities: ['a', 'b'] },
  ],
])('%s is read', (_what, bytes, performative) => {
  expect(decoded(hex(bytes))).toEqual(performative);
});

test.each<[name: string, RheaFields, Performative]>([
  [
    'open',
    {
      container_id: 'c',
      hostname: 'h',
      max_frame_size: 4096,
      channel_max: 9,
      idle_time_out: 230_000,
      outgoing_locales: 'en',
      offered_capabilities: ['a', 'b'],
      properties: { product: 'p' },
    },
    {
      type: 'open',
      containerId: 'c',
      hostname: 'h',
      maxFrameSize: 4096,
      channelMax: 9,
      idleTimeout: 230_000,
      outgoingLocales: ['en'],
      offeredCapabilities: ['a', 'b'],
      properties: new Map([['product', 'p']]),
    },
  ],
  [
    'attach',
    {
      name: 'l',
      handle: 3,
      role: true,
      snd_settle_mode: 1,
      rcv_settle_mode: 0,
      source: source({
        address: '/devices/d/twin',
        filter: { 'apache.org:selector-filter:string': typed('wrap_described', 'x > 1', 77_567_109_365_764) },
      }),
      target: target({ address: 't' }),
      initial_delivery_count: 7,
      max_message_size: 65_536,
      properties: { 'com.microsoft:epoch': typed('wrap_long', 5) },
    },
    {
      type: 'attach',
      name: 'l',
      handle: 3,
      isReceiver: true,
      senderSettleMode: 1,
      receiverSettleMode: 0,
      source: {
        address: '/devices/d/twin',
        filter: new Map([
          [
            'apache.org:selector-filter:string',
            { type: 'described', descriptor: ulong(0x468c_0000_0004), value: 'x > 1' },
          ],
        ]),
      },
      target: { type: 'target', address: 't' },
      initialDeliveryCount: 7,
      maxMessageSize: 65_536,
      properties: new Map([['com.microsoft:epoch', { type: 'long', value: 5 }]]),
    },
  ],
  [
    'transfer',
    { handle: 1, delivery_id: 2, delivery_tag: Buffer.from('t'), message_format: 0, settled: true, more: true },
    {
      type: 'transfer',
      handle: 1,
      deliveryId: 2,
      deliveryTag: Buffer.from('t'),
      messageFormat: 0,
      isSettled: true,
      hasMore: true,
    },
  ],
  [
    'disposition',
    {
      role: true,
      first: 1,
      last: 300,
      settled: true,
      state: outcome('modified', { delivery_failed: true, undeliverable_here: false }),
    },
    {
      type: 'disposition',
      isReceiver: true,
      first: 1,
      last: 300,
      isSettled: true,
      state: { type: 'modified', deliveryFailed: true, undeliverableHere: false },
    },
  ],
  [
    'disposition',
    { role: true, first: 1, state: outcome('rejected', { error: { condition: 'amqp:not-found', description: 'x' } }) },
    {
      type: 'disposition',
      isReceiver: true,
      first: 1,
      state: { type: 'rejected', error: new AmqpError('amqp:not-found', 'x') },
    },
  ],
])('%s of rhea is read: %j', (name, fields, performative) => {
  expect(decoded(fromRhea(name, fields))).toEqual(performative);
});

test.each<Performative>([
  {
    type: 'open',
    containerId: 'c',
    hostname: 'h',
    maxFrameSize: 65_536,
    channelMax: 1023,
    idleTimeout: 240_000,
    outgoingLocales: ['en'],
    incomingLocales: ['en', 'de'],
    offeredCapabilities: ['a'],
    desiredCapabilities: ['b'],
    properties: new Map([['p', symbol('v')]]),
  },
  {
    type: 'begin',
    remoteChannel: 0,
    nextOutgoingId: 1,
    incomingWindow: 2,
    outgoingWindow: 3,
    handleMax: 4,
    properties: new Map(),
  },
  {
    type: 'attach',
    name: 'n',
    handle: 300,
    isReceiver: false,
    source: {
      address: 'a',
      durable: 1,
      expiryPolicy: 'never',
      timeout: 2,
      isDynamic: false,
      defaultOutcome: { type: 'released' },
      outcomes: ['amqp:accepted:list'],
      capabilities: ['c'],
    },
    target: { type: 'target', address: 'b', dynamicNodeProperties: new Map([['x', 'y']]) },
    maxMessageSize: 2 ** 40,
  },
  {
    type: 'flow',
    nextIncomingId: 2 ** 32 - 1,
    incomingWindow: 2,
    nextOutgoingId: 3,
    outgoingWindow: 4,
    handle: 5,
    deliveryCount: 6,
    linkCredit: 7,
    available: 8,
    drain: true,
    echo: false,
  },
  {
    type: 'transfer',
    handle: 1,
    deliveryId: 2,
    deliveryTag: Buffer.alloc(16, 3),
    messageFormat: 0x8001_3700,
    isSettled: false,
    hasMore: false,
    state: { type: 'received', sectionNumber: 1, sectionOffset: 2 },
  },
  {
    type: 'detach',
    handle: 1,
    isClosed: true,
    error: new AmqpError('amqp:link:redirect', 'elsewhere', new Map([['hostname', 'h']])),
  },
])('%j comes back from its bytes', (performative) => {
  expect(decoded(encoded(performative))).toEqual(performative);
});

test('trap 19: a map of capabilities or filters keeps only keys that are text', () => {
  const bytes = hex('00 53 10 c0 16 0a a1 01 63 40 40 40 40 40 40 40 40 c1 08 04 43 41 a3 01 6b 52 07');
  expect(decoded(bytes)).toEqual({
    type: 'open',
    containerId: 'c',
    properties: new Map([['k', { type: 'uint', value: 7 }]]),
  });
});

test('a coordinator of transactions reads as no target', () => {
  const bytes = fromRhea('attach', { name: 'l', handle: 0, role: false, target: typed('wrap_described', [], 0x30) });
  expect(decoded(bytes)).toEqual({ type: 'attach', name: 'l', handle: 0, isReceiver: false });
});
