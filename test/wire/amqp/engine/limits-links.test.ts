import { expect, test } from 'vitest';
import type { AmqpPeer } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { fate, fateOf } from '../../../support/amqp/fate.ts';
import { messages, source, target } from '../../../support/amqp/rhea-codec.ts';

// each limit just below, at, and just above it

const attachOn = (peer: AmqpPeer, handle: number, channel: number, name = `l${handle}`): void =>
  peer.send('attach', { name, handle, role: true, source: source({ address: 'q' }), target: target({}) }, { channel });

test('before a token is accepted, four links with $cbs and $management and no other', async () => {
  await using world = new EngineWorld();
  world.broker.isOpen = false;
  const peer = await world.connect();
  const attach = (address: string, handle: number) => () =>
    peer.send('attach', { name: `l${handle}`, handle, role: false, source: source({}), target: target({ address }) });
  expect(await fate(peer, attach('q', 4))).toBe('detach amqp:unauthorized-access');
  expect(await fate(peer, attach('$cbs', 0))).toBe('fine');
  await peer.receiver('$cbs', 1, 5);
  for (const handle of [5, 6]) expect(await fate(peer, attach('$management', handle))).toBe('fine');
  expect(await fate(peer, attach('$cbs', 2))).toBe('detach amqp:unauthorized-access');
  for (const handle of [4, 2]) peer.send('detach', { handle, closed: true });
  peer.transfer(0, 0, messages.encode({ message_id: 'm', body: 'good' }));
  await peer.settled();
  expect(await fate(peer, attach('q', 3))).toBe('fine');
});

test('a connection has 1,024 sessions', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  for (let channel = 1; channel <= 1022; channel += 1)
    peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 }, { channel });
  // and one more that tells when all of them have begun
  expect(await peer.settled()).toHaveLength(1022);
  expect(
    await fate(peer, () =>
      peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 }, { channel: 1024 }),
    ),
  ).toBe('close amqp:connection:framing-error');
});

test('a begin on a live channel closes the connection', async () => {
  await using world = new EngineWorld();
  expect(
    await fateOf(world, (peer) => peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 })),
  ).toBe('close amqp:not-allowed');
});

test('a session has 64 links', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  for (let handle = 0; handle < 64; handle += 1) attachOn(peer, handle, 0);
  expect(await peer.settled()).toHaveLength(64);
  expect(await fate(peer, () => attachOn(peer, 64, 0))).toBe('detach amqp:resource-limit-exceeded');
  peer.send('detach', { handle: 64, closed: true });
  peer.send('detach', { handle: 5, closed: true });
  await peer.expect('detach');
  expect(await fate(peer, () => attachOn(peer, 5, 0))).toBe('fine');
});

test('a connection has 4,096 links', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  for (let channel = 1; channel <= 64; channel += 1) {
    peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 }, { channel });
    for (let handle = 0; handle < 64; handle += 1) attachOn(peer, handle, channel);
  }
  expect(await peer.settled()).toHaveLength(64 + 4096);
  expect(await fate(peer, () => attachOn(peer, 0, 0))).toBe('end amqp:resource-limit-exceeded');
});

test.each([
  [254, 'fine'],
  [255, 'fine'],
  [256, 'end amqp:not-allowed'],
])('handle %i: %s', async (handle, expected) => {
  await using world = new EngineWorld();
  expect(await fateOf(world, (peer) => attachOn(peer, handle, 0))).toBe(expected);
});

test.each([
  [511, 'fine'],
  [512, 'fine'],
  [513, 'end amqp:invalid-field'],
])('a link name of %i bytes: %s', async (length, expected) => {
  await using world = new EngineWorld();
  expect(await fateOf(world, (peer) => attachOn(peer, 0, 0, 'x'.repeat(length)))).toBe(expected);
});

test('a handle that is taken ends the session', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  attachOn(peer, 0, 0);
  expect(await fate(peer, () => attachOn(peer, 0, 0, 'other'))).toBe('end amqp:session:handle-in-use');
});
