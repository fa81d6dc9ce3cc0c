import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { dataMessage, frameOf } from '../../../support/amqp/amqp-peer.ts';
import { pour } from '../../../support/amqp/attacks.ts';
import { fate, lastWords } from '../../../support/amqp/fate.ts';
import { hex } from '../../../support/amqp/hex.ts';
import { outcome, source, target } from '../../../support/amqp/rhea-codec.ts';
import { witnessed } from '../../../support/amqp/witness.ts';

// what has brought other servers to their knees: each must end or limit the client that does it, and no other one

const world = witnessed();

const MB = 1024 * 1024;
const HELLO = dataMessage('hello');
const BEGIN = { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 };

test('60,000 begins on one connection', async () => {
  const peer = await world().connect();
  await pour(
    peer,
    Buffer.concat(Array.from({ length: 60_000 }, (_, i) => frameOf('begin', BEGIN, { channel: i + 1 }))),
  );
  expect(await lastWords(peer)).toBe('close amqp:connection:framing-error');
});

test('20,000 begins on one channel', async () => {
  const peer = await world().connect();
  const begin = frameOf('begin', BEGIN);
  await pour(peer, Buffer.concat(Array.from({ length: 20_000 }, () => begin)));
  expect(await lastWords(peer)).toBe('close amqp:not-allowed');
});

test('20,000 attaches', async () => {
  const peer = await world().connect();
  const attach = (handle: number): Buffer =>
    frameOf('attach', { name: `l${handle}`, handle, role: true, source: source({ address: 'q' }), target: target({}) });
  await pour(peer, Buffer.concat(Array.from({ length: 20_000 }, (_, i) => attach(i))));
  const heard = await peer.settled();
  expect(heard.filter(({ type }) => type === 'attach')).toHaveLength(256);
  expect(heard.at(-1)).toMatchObject({ type: 'end', error: { condition: 'amqp:not-allowed' } });
});

test('20,000 begins and ends', async () => {
  const peer = await world().connect();
  const pair = Buffer.concat([frameOf('begin', BEGIN, { channel: 1 }), frameOf('end', {}, { channel: 1 })]);
  await pour(peer, Buffer.concat(Array.from({ length: 20_000 }, () => pair)));
  expect(await peer.settled()).toHaveLength(40_000);
});

test.each([1e8, 2 ** 31 - 1, 2 ** 32 - 1])('a disposition of deliveries 0 to %i', async (last) => {
  const peer = await world().connect();
  await peer.receiver('q', 0, 10);
  for (let i = 0; i < 10; i += 1) world().broker.put('q', HELLO);
  await peer.settled();
  peer.settle(0, last, 'accepted');
  const heard = await peer.settled();
  // 2^32 - 1 comes before 0, RFC 1982
  expect([heard.map(({ type }) => type), world().broker.outcomes.length]).toEqual(
    last === 2 ** 32 - 1 ? [['end'], 0] : [[], 10],
  );
});

test('5 deliveries of 39 MB that never end', async () => {
  const peer = await world().connect();
  for (let handle = 0; handle < 5; handle += 1) await peer.sender('q', handle);
  const piece = Buffer.alloc(60_000);
  const ends: unknown[] = [];
  for (let handle = 0; handle < 5; handle += 1) {
    for (let sent = 0; sent < 39 * MB; sent += piece.length) {
      peer.transfer(handle, handle, piece, { more: true });
      await new Promise(setImmediate);
    }
    ends.push(await fate(peer, () => undefined));
  }
  expect(ends).toEqual(Array.from({ length: 5 }, () => 'detach amqp:link:message-size-exceeded'));
}, 60_000);

test('a message in 100,000 pieces of nothing', async () => {
  const peer = await world().connect();
  await peer.sender('q');
  const piece = frameOf('transfer', { handle: 0, delivery_id: 0, more: true });
  peer.raw(frameOf('transfer', { handle: 0, delivery_id: 0, delivery_tag: hex('00'), more: true }));
  await pour(peer, Buffer.concat(Array.from({ length: 100_000 }, () => piece)));
  expect((await peer.settled()).every(({ type }) => type === 'flow')).toBe(true);
});

test('50 connections with an idle timeout of 1 ms', async () => {
  for (let i = 0; i < 50; i += 1) {
    const peer = world().dial();
    peer.header();
    peer.send('open', { container_id: 'c', idle_time_out: 1 });
    expect(await lastWords(peer)).toBe('close amqp:invalid-field');
  }
});

test('5,000 transfers where there is credit for 200', async () => {
  const peer = await world().connect();
  await peer.sender('hold');
  for (let id = 0; id < 5000; id += 1) peer.transfer(0, id, HELLO);
  const heard = (await peer.settled()).filter(({ type }) => type !== 'flow');
  expect(heard).toMatchObject([{ type: 'detach', error: { condition: 'amqp:link:transfer-limit-exceeded' } }]);
  expect(world().broker.held).toHaveLength(200);
});

test('200 connections of garbage from a client that keeps its half open', async () => {
  const port = await world().listen();
  const sockets = await Promise.all(
    Array.from(
      { length: 200 },
      () =>
        new Promise<{ destroy(): void }>((done) => {
          const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
            socket.write(Buffer.alloc(64, 0xee)),
          );
          socket.on('error', () => undefined);
          socket.on('data', () => undefined);
          socket.once('end', () => done(socket));
        }),
    ),
  );
  world().clock.advance(1000);
  while (world().engine.connections > 1) await new Promise(setImmediate);
  for (const socket of sockets) socket.destroy();
});

test('a reader that gives credit for 200,000 and settles nothing', async () => {
  const peer = await world().connect();
  await peer.receiver('q', 0, 200_000);
  for (let i = 0; i < 20_000; i += 1) {
    world().broker.put('q', HELLO);
    if (i % 1000 === 999) await peer.settled();
  }
  expect(world().broker.queues.get('q')).toHaveLength(15_000);
});

test('a reader that does not read', async () => {
  const peer = await world().connect();
  await peer.receiver('q', 0, 200_000);
  await peer.settled();
  peer.stream.pause();
  const message = dataMessage(Buffer.alloc(10_000));
  for (let i = 0; i < 1000; i += 1) {
    world().broker.put('q', message);
    if (i % 10 === 9) await new Promise(setImmediate);
  }
  const left = world().broker.queues.get('q')?.length ?? 0;
  expect(left).toBeGreaterThan(850);
  peer.stream.resume();
  let seen = 0;
  for (; seen < 1000; seen += 1) {
    expect(await peer.next()).toMatchObject({ type: 'transfer' });
    peer.settle(seen, seen, 'accepted');
  }
  expect(world().broker.queues.get('q')).toEqual([]);
});

test('a peer that asks and asks and reads no answer', async () => {
  const peer = await world().connect();
  peer.stream.pause();
  const attach = frameOf('attach', {
    name: 'l'.repeat(500),
    handle: 0,
    role: true,
    source: source({ address: 'q'.repeat(500) }),
    target: target({}),
  });
  const turn = Buffer.concat([attach, frameOf('detach', { handle: 0, closed: true })]);
  for (let i = 0; i < 20_000 && world().broker.endings.length === 0; i += 1) {
    peer.raw(turn);
    if (i % 50 === 49) await new Promise(setImmediate);
  }
  expect(world().broker.endings).toMatchObject([
    { by: 'engine', error: { condition: 'amqp:resource-limit-exceeded' } },
  ]);
});

test('settling a thousand times what was settled', async () => {
  const peer = await world().connect();
  await peer.receiver('q', 0, 1);
  world().broker.put('q', HELLO);
  await peer.settled();
  for (let i = 0; i < 1000; i += 1)
    peer.send('disposition', { role: true, first: 0, last: 1000, settled: true, state: outcome('accepted') });
  await peer.settled();
  expect(world().broker.outcomes).toEqual([`${'0'.repeat(32)} accepted`]);
});
