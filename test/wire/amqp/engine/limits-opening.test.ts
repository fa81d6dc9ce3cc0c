import { expect, test } from 'vitest';
import { type AmqpPeer, frameOf } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { fateOf } from '../../../support/amqp/fate.ts';
import type { RheaFields } from '../../../support/amqp/rhea-codec.ts';

// each limit just below, at, and just above it

/** Opens a connection and says what comes back: open, or what is told in a close. */
const opening = async (fields: RheaFields): Promise<unknown> => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header();
  peer.send('open', { container_id: 'c', ...fields });
  await peer.expect('header');
  await peer.expect('open');
  peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 });
  const { type, error } = await peer.next();
  return type === 'begin' ? 'fine' : (error as RheaFields).condition;
};

/** A frame of exactly so many bytes. */
const padded = (frame: Buffer, size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  frame.copy(bytes);
  bytes.writeUInt32BE(size);
  return bytes;
};

test.each([
  [511, 'amqp:invalid-field'],
  [512, 'fine'],
  [513, 'fine'],
])('max-frame-size %i of an open: %s', async (max_frame_size, expected) => {
  expect(await opening({ max_frame_size })).toBe(expected);
});

test.each([
  [511, 'fine'],
  [512, 'fine'],
  [513, 'amqp:invalid-field'],
])('a container id or host name of %i bytes: %s', async (length, expected) => {
  expect(await opening({ container_id: 'x'.repeat(length) })).toBe(expected);
  expect(await opening({ hostname: 'x'.repeat(length) })).toBe(expected);
});

test.each([
  [1, 'amqp:invalid-field'],
  [999, 'amqp:invalid-field'],
  [1000, 'fine'],
  [1001, 'fine'],
  [0, 'fine'],
])('an idle timeout of %i ms: %s', async (idle_time_out, expected) => {
  expect(await opening({ idle_time_out })).toBe(expected);
});

test.each([
  [4095, 'open'],
  [4096, 'open'],
  [4097, 'close amqp:connection:framing-error'],
])('an open of %i bytes: %s', async (size, expected) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header();
  peer.raw(padded(frameOf('open', { container_id: 'c' }), size));
  await peer.expect('header');
  const opened = await peer.expect('open');
  if (expected === 'open') expect(opened).toMatchObject({ container_id: 'queues' });
  else
    expect(await peer.next()).toMatchObject({ type: 'close', error: { condition: 'amqp:connection:framing-error' } });
});

test.each([
  [65_535, 'fine'],
  [65_536, 'fine'],
  [65_537, 'close amqp:connection:framing-error'],
])('a frame of %i bytes: %s', async (size, expected) => {
  await using world = new EngineWorld();
  expect(
    await fateOf(world, (peer) =>
      peer.raw(padded(frameOf('flow', { incoming_window: 1, next_outgoing_id: 0, outgoing_window: 1 }), size)),
    ),
  ).toBe(expected);
});

test.each([
  [4095, 0],
  [4096, 0],
  [4097, undefined],
])('a SASL frame of %i bytes: outcome %s', async (size, code) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header(3);
  const empty = frameOf('sasl_init', { mechanism: 'PLAIN', initial_response: Buffer.alloc(256) }).length - 256;
  const secret = Buffer.from(`\0${'u'.repeat(size - empty - 6)}\0good`);
  peer.raw(frameOf('sasl_init', { mechanism: 'PLAIN', initial_response: secret }));
  const heard = code === undefined ? await peer.rest() : [await peer.next(), await peer.next(), await peer.next()];
  expect(heard.find(({ type }) => type === 'sasl_outcome')?.code).toBe(code);
});

test('SASL PLAIN with a malformed response is refused', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header(3);
  peer.send('sasl_init', { mechanism: 'PLAIN' });
  await peer.expect('sasl_challenge', ['header', 'sasl_mechanisms']);
  peer.send('sasl_response', { response: Buffer.from('nonsense') });
  expect(await peer.next()).toMatchObject({ type: 'sasl_outcome', code: 1 });
});

test.each([
  ['protocol header', 10_000, (_peer: AmqpPeer) => undefined],
  ['open', 10_000, (peer: AmqpPeer) => peer.header()],
  ['sasl-init', 10_000, (peer: AmqpPeer) => peer.header(3)],
])('a peer has a limited time for its %s', async (_what, ms, run) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  run(peer);
  await new Promise(setImmediate);
  world.clock.advance(ms - 1);
  await new Promise(setImmediate);
  expect(world.engine.connections).toBe(1);
  world.clock.advance(1);
  await peer.closed;
  expect(world.broker.endings).toMatchObject([{ by: 'engine', error: { condition: 'amqp:connection:forced' } }]);
});

test('a peer must authenticate within 30 seconds', async () => {
  await using world = new EngineWorld();
  world.broker.isOpen = false;
  const peer = await world.connect();
  world.clock.advance(29_999);
  expect(await peer.settled()).toEqual([]);
  world.clock.advance(1);
  expect(await peer.next()).toMatchObject({ type: 'close', error: { condition: 'amqp:unauthorized-access' } });
});

test('there is no time limit after authorization', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  world.clock.advance(400_000);
  expect(await peer.settled()).toEqual([]);
});
