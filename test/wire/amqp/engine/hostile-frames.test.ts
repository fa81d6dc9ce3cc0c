import { expect, test } from 'vitest';
import { frameOf } from '../../../support/amqp/amqp-peer.ts';
import { framed, pour, uint32 } from '../../../support/amqp/attacks.ts';
import { lastWords } from '../../../support/amqp/fate.ts';
import { hex } from '../../../support/amqp/hex.ts';
import { witnessed } from '../../../support/amqp/witness.ts';

// what has brought other servers to their knees: each must end or limit the client that does it, and no other one

const world = witnessed();

const MB = 1024 * 1024;
const BEGIN = { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 };

const properties = (count: number): Buffer => {
  const entries = Buffer.concat(
    Array.from({ length: count }, (_, i) =>
      hex(`a1 06 ${Buffer.from(String(i).padStart(6, '0')).toString('hex')} 54 01`),
    ),
  );
  return Buffer.concat([hex(`00 53 74 d1 ${uint32(entries.length + 4)} ${uint32(count * 2)}`), entries]);
};

test('max-frame-size 40, which leaves no room for a payload', async () => {
  const peer = world().dial();
  peer.header();
  peer.send('open', { container_id: 'c', max_frame_size: 40 });
  peer.send('begin', BEGIN);
  expect(await lastWords(peer)).toBe('close amqp:invalid-field');
});

test.each([3_000_000, 2 ** 32 - 1])('an array of %i nulls', async (count) => {
  const array = `f0 00000005 ${uint32(count)} 40`;
  for (const body of [
    array,
    `00 53 10 d0 00000012 00000002 a1 01 63 ${array}`,
    `00 53 18 d0 0000000e 00000001 ${array}`,
  ]) {
    const peer = await world().connect();
    peer.raw(framed(hex(body)));
    expect(await lastWords(peer)).toBe('close amqp:decode-error');
  }
});

test('an array of nulls in a message', async () => {
  const peer = await world().connect();
  await peer.sender('q');
  peer.transfer(0, 0, hex(`00 53 77 f0 00000005 ffffffff 40`));
  expect(await lastWords(peer)).toBe('close amqp:decode-error');
});

test('a megabyte of arrays of 1,024 nulls each', async () => {
  const peer = await world().connect();
  await peer.sender('q');
  const items = Buffer.concat(Array.from({ length: 5000 }, () => hex('f0 00000005 00000400 40')));
  peer.transfer(0, 0, Buffer.concat([hex(`00 53 77 d0 ${uint32(items.length + 4)} ${uint32(5000)}`), items]));
  expect(await lastWords(peer)).toBe('close amqp:decode-error');
});

test('20 lists that claim 30 million items', async () => {
  for (let i = 0; i < 20; i += 1) {
    const peer = await world().connect();
    peer.raw(framed(hex(`00 53 18 d0 00000008 ${uint32(30_000_000)} 40404040`)));
    expect(await lastWords(peer)).toBe('close amqp:decode-error');
  }
});

test('one frame of 2.6 MB with 200,000 application properties', async () => {
  const peer = await world().connect();
  await peer.sender('q');
  await pour(
    peer,
    frameOf('transfer', { handle: 0, delivery_id: 0, delivery_tag: hex('00') }, { payload: properties(200_000) }),
  );
  expect(await lastWords(peer)).toBe('close amqp:connection:framing-error');
});

test('100,000 application properties in as many frames as it takes', async () => {
  const peer = await world().connect();
  await peer.sender('q');
  const payload = properties(100_000);
  for (let at = 0; at < payload.length; at += 60_000)
    peer.transfer(0, 0, payload.subarray(at, at + 60_000), { more: at + 60_000 < payload.length });
  expect(await lastWords(peer)).toBe('close amqp:decode-error');
});

test('20 connections that announce a frame of 4 GB and send 40 MB of it', async () => {
  const chunk = Buffer.alloc(65_536);
  for (let i = 0; i < 20; i += 1) {
    const peer = await world().connect();
    peer.raw('ffffffff 02000000');
    for (let sent = 0; sent < 40 * MB && !peer.stream.destroyed; sent += chunk.length) {
      peer.raw(chunk);
      await new Promise(setImmediate);
      if ((await Promise.race([peer.closed, Promise.resolve('open')])) !== 'open') break;
    }
    expect(await lastWords(peer)).toBe('close amqp:connection:framing-error');
  }
});

test.each([
  ['a frame of 0 bytes', '00000000 02000000', 'amqp:connection:framing-error'],
  ['a frame of 1 byte', '00000001 02000000', 'amqp:connection:framing-error'],
  ['a frame of 3 bytes', '00000003 02000000', 'amqp:connection:framing-error'],
  ['a frame of 4 bytes', '00000004 02000000', 'amqp:connection:framing-error'],
  ['a frame of 7 bytes', '00000007 02000000', 'amqp:connection:framing-error'],
  ['60,000 descriptors', framed(Buffer.alloc(60_000)), 'amqp:decode-error'],
  [
    '5,000 lists in one another',
    framed(
      Buffer.concat([
        hex('00 53 18'),
        Buffer.concat(Array.from({ length: 5000 }, (_, i) => hex(`d0 ${uint32((4999 - i) * 9 + 5)} 00000001`))),
        hex('40'),
      ]),
    ),
    'amqp:decode-error',
  ],
  ['a frame without a performative', framed(hex('00 53 1a 45')), 'amqp:decode-error'],
  ['a transfer on no link', frameOf('transfer', { handle: 9, delivery_id: 0 }), 'amqp:session:unattached-handle'],
])('%s', async (_what, bytes, condition) => {
  const peer = await world().connect();
  peer.raw(bytes);
  expect((await peer.settled()).at(-1)).toMatchObject({ error: { condition } });
});

test('a container id of a megabyte', async () => {
  const peer = world().dial();
  peer.header();
  await pour(peer, frameOf('open', { container_id: 'x'.repeat(MB) }));
  expect(await lastWords(peer)).toBe('close amqp:connection:framing-error');
});

test.each([
  ['a response before sasl-init', frameOf('sasl_response', { response: Buffer.from('x') })],
  [
    'a second sasl-init',
    Buffer.concat([frameOf('sasl_init', { mechanism: 'PLAIN' }), frameOf('sasl_init', { mechanism: 'PLAIN' })]),
  ],
  ['the mechanism "constructor"', frameOf('sasl_init', { mechanism: 'constructor' })],
  ['a frame of AMQP', frameOf('open', { container_id: 'c' })],
  ['a frame without a body', hex('00000008 02010000')],
])('SASL: %s', async (_what, bytes) => {
  const peer = world().dial();
  peer.header(3);
  peer.raw(bytes);
  expect((await peer.rest()).find(({ type, code }) => type === 'open' || (type === 'sasl_outcome' && code === 0))).toBe(
    undefined,
  );
});
