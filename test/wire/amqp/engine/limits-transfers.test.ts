import { expect, test } from 'vitest';
import { LIMITS } from '../../../../emulator/servers/amqp/engine/limits.ts';
import { Windows } from '../../../../emulator/servers/amqp/engine/session/windows.ts';
import { type AmqpPeer, dataMessage } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { fate } from '../../../support/amqp/fate.ts';

// each limit just below, at, and just above it

const KB = 1024;

const HELLO = dataMessage('hello');

/** Sends a message in frames of up to 60 KB. */
const sendPieces = (peer: AmqpPeer, handle: number, message: Buffer, { isComplete = true, id = 0 } = {}): void => {
  for (let at = 0; at < message.length; at += 60 * KB)
    peer.transfer(handle, id, message.subarray(at, at + 60 * KB), {
      more: !isComplete || at + 60 * KB < message.length,
    });
};

const messageOf = (size: number): Buffer =>
  dataMessage(Buffer.alloc(size - (dataMessage(Buffer.alloc(1000)).length - 1000), 'x'));

test.each([
  [199, 'fine'],
  [200, 'fine'],
  [201, 'detach amqp:link:transfer-limit-exceeded'],
])('%i deliveries for a credit of 200: %s', async (count, expected) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  expect(await peer.sender('hold')).toBe(200);
  expect(
    await fate(peer, () => {
      for (let id = 0; id < count; id += 1) peer.transfer(0, id, HELLO);
    }),
  ).toBe(expected);
});

test('credit comes back as deliveries are settled, half of it at a time', async () => {
  await using world = new EngineWorld();
  world.broker.incoming = { credit: 4 };
  const peer = await world.connect();
  expect(await peer.sender('hold')).toBe(4);
  for (let id = 0; id < 4; id += 1) peer.transfer(0, id, HELLO);
  await peer.settled();
  for (const [settled, credit] of [
    [1, undefined],
    [2, 2],
    [3, undefined],
    [4, 4],
  ] as const) {
    world.broker.held[settled - 1]?.accept();
    const flow = (await peer.settled()).find(({ type }) => type === 'flow');
    expect([settled, flow?.link_credit]).toEqual([settled, credit]);
  }
});

test.each([
  [1024 * KB - 1, 'fine'],
  [1024 * KB, 'fine'],
  [1024 * KB + 1, 'detach amqp:link:message-size-exceeded'],
])('a message of %i bytes: %s', async (size, expected) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  const message = messageOf(size);
  expect(message).toHaveLength(size);
  expect(await fate(peer, () => sendPieces(peer, 0, message))).toBe(expected);
  expect(world.broker.queues.get('q')?.length ?? 0).toBe(expected === 'fine' ? 1 : 0);
});

test.each([
  [16_383, 'fine'],
  [16_384, 'fine'],
  [16_385, 'detach amqp:link:message-size-exceeded'],
])('a message of %i bytes on a link that takes 16,384: %s', async (size, expected) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('$cbs');
  expect(await fate(peer, () => sendPieces(peer, 0, messageOf(size)))).toBe(expected);
});

test('unfinished messages of a connection take 4 MB together', async () => {
  await using world = new EngineWorld({ unfinishedSize: 300 * KB });
  const peer = await world.connect();
  for (let handle = 0; handle < 3; handle += 1) await peer.sender('q', handle);
  const start = (handle: number) => () =>
    sendPieces(peer, handle, Buffer.alloc(100 * KB), { isComplete: false, id: handle });
  expect([await fate(peer, start(0)), await fate(peer, start(1))]).toEqual(['fine', 'fine']);
  expect(await fate(peer, start(2))).toBe('detach amqp:resource-limit-exceeded');
  peer.send('transfer', { handle: 0, aborted: true });
  peer.send('detach', { handle: 2, closed: true });
  await peer.settled();
  await peer.sender('q', 2);
  expect(await fate(peer, start(2))).toBe('fine');
  expect(LIMITS.unfinishedSize).toBe(4096 * KB);
});

test.each([
  [31, 'fine'],
  [32, 'fine'],
  [33, 'detach amqp:invalid-field'],
])('a delivery tag of %i bytes: %s', async (length, expected) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  expect(await fate(peer, () => peer.transfer(0, 0, HELLO, { delivery_tag: Buffer.alloc(length) }))).toBe(expected);
});

test('no more than 2,048 transfer frames come between two flows of a session', () => {
  const windows = new Windows(LIMITS.incomingWindow, {
    type: 'begin',
    nextOutgoingId: 0,
    incomingWindow: 1,
    outgoingWindow: 1,
  });
  for (let i = 0; i < 1023; i += 1) windows.received();
  expect(windows.isHalfUsed).toBe(false);
  windows.received();
  expect(windows.isHalfUsed).toBe(true);
  for (let i = 0; i < 1024; i += 1) windows.received();
  expect(() => windows.received()).toThrow(expect.objectContaining({ condition: 'amqp:session:window-violation' }));
  expect(windows.state()).toMatchObject({ nextIncomingId: 2048, incomingWindow: 2048 });
  expect(() => windows.received()).not.toThrow();
});

test('a session is told in time that it may go on', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  for (let id = 0; id < 5000; id += 1) {
    peer.transfer(0, id, HELLO, { settled: true });
    if (id % 100 === 99) await new Promise(setImmediate);
  }
  const flows = (await peer.settled()).filter(({ type, handle }) => type === 'flow' && handle !== undefined);
  expect(flows.length).toBeGreaterThan(40);
  expect(world.broker.queues.get('q')).toHaveLength(5000);
});

test.each([
  [2, undefined],
  [5000, {}],
])('a link has %i deliveries unsettled, however much credit it has', async (most, handler) => {
  await using world = new EngineWorld();
  world.broker.outgoing = handler ?? { maxUnsettled: most };
  const peer = await world.connect();
  await peer.receiver('q', 0, 1_000_000);
  for (let i = 0; i < most + 3; i += 1) {
    world.broker.put('q', HELLO);
    if (i % 1000 === 999) await peer.settled();
  }
  await peer.settled();
  expect(world.broker.queues.get('q')).toHaveLength(3);
  peer.settle(0, 0, 'accepted');
  expect((await peer.settled()).map(({ delivery_id }) => delivery_id)).toEqual([most]);
});

test.each([
  [999, 'fine'],
  [1000, 'fine'],
  [1001, 'detach amqp:resource-limit-exceeded'],
])('%i messages wait on a link without credit: %s', async (count, expected) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0);
  expect(
    await fate(peer, () => {
      for (let i = 0; i < count; i += 1) world.broker.links[0]?.send(HELLO, { tag: world.broker.tag() });
    }),
  ).toBe(expected);
});

test('what waits on a link without credit takes 4 MB', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0);
  const send = (size: number) => () =>
    void world.broker.links[0]?.send(Buffer.alloc(size), { tag: world.broker.tag() });
  expect(await fate(peer, send(4096 * KB - 1))).toBe('fine');
  expect(await fate(peer, send(1))).toBe('fine');
  expect(await fate(peer, send(1))).toBe('detach amqp:resource-limit-exceeded');
});

test('a message larger than the peer takes is not sent', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 5, { max_message_size: 100 });
  await peer.settled();
  const send = (size: number) => () => world.broker.links[0]?.send(Buffer.alloc(size), { tag: world.broker.tag() });
  expect(send(101)).toThrow(expect.objectContaining({ condition: 'amqp:link:message-size-exceeded' }));
  expect(send(100)).not.toThrow();
});

test('all links of a connection have a limited number of deliveries unsettled together', async () => {
  await using world = new EngineWorld({ unsettledPerConnection: 5 });
  const peer = await world.connect();
  for (const handle of [0, 1]) await peer.receiver(`q${handle}`, handle, 100);
  await peer.settled();
  for (let i = 0; i < 4; i += 1) for (const handle of [0, 1]) world.broker.put(`q${handle}`, HELLO);
  expect(await peer.settled()).toHaveLength(5);
  peer.settle(0, 1, 'accepted');
  expect((await peer.settled()).map(({ delivery_id }) => delivery_id)).toEqual([5, 6]);
  peer.send('detach', { handle: 0, closed: true });
  expect((await peer.settled()).map(({ type, handle }) => [type, handle])).toEqual([
    ['detach', 0],
    ['transfer', 1],
  ]);
});
