import { expect, test } from 'vitest';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';

// part 2 §2.4.5

test.each([
  [60_000, 30_000],
  [2000, 1000],
  [1000, 1000],
])('a peer that wants to hear something every %i ms hears it every %i ms', async (idle_time_out, period) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  await peer.open({ idle_time_out });
  world.clock.advance(period - 1);
  expect(await peer.settled()).toEqual([]);
  world.clock.advance(period - 1);
  expect(await peer.settled()).toEqual([]);
  world.clock.advance(period * 3);
  const heard = await peer.settled();
  expect(heard).toEqual(Array.from({ length: 3 }, () => ({ type: 'empty', channel: 0 })));
});

test('a peer that does not ask for it hears nothing', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  world.clock.advance(470_000);
  expect(await peer.settled()).toEqual([]);
});

test('a peer is told half of the time for which it may be silent', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header();
  peer.send('open', { container_id: 'c' });
  await peer.expect('header');
  expect(await peer.expect('open')).toMatchObject({ idle_time_out: 240_000 });
  await new Promise(setImmediate);
  peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 });
  await peer.expect('begin');
  world.clock.advance(479_999);
  peer.raw('00000008 02000000');
  await new Promise(setImmediate);
  world.clock.advance(479_999);
  expect(world.broker.endings).toEqual([]);
  world.clock.advance(1);
  expect(await peer.rest()).toMatchObject([{ type: 'close', error: { condition: 'amqp:resource-limit-exceeded' } }]);
});

test('a connection that is gone has no timers', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  await peer.open({ idle_time_out: 2000 });
  await peer.vanish();
  await new Promise(setImmediate);
  world.clock.advance(1_000_000);
  expect([world.engine.connections, world.broker.endings]).toEqual([0, [{ by: 'network' }]]);
});
