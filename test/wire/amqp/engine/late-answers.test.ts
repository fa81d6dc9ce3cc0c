import { expect, test } from 'vitest';
import type { OutgoingLink } from '../../../../emulator/servers/amqp/engine/application.ts';
import { AmqpError } from '../../../../emulator/servers/amqp/engine/errors.ts';
import { type AmqpPeer, dataMessage } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { source, target } from '../../../support/amqp/rhea-codec.ts';

/** Attaches a link to or from `later`, and does not wait for the answer. */
const attach = (peer: AmqpPeer, role: boolean, handle = 0): void =>
  peer.send('attach', {
    name: `later-${handle}`,
    handle,
    role,
    ...(role ? {} : { initial_delivery_count: 0 }),
    source: source({ address: 'later' }),
    target: target({ address: 'later' }),
  });

test('an attach that is answered late gets its answer then, and holds up no other link', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  attach(peer, false);
  expect(await peer.sender('q', 1)).toBe(200);
  expect(await peer.settled()).toEqual([]);
  world.broker.postponed[0]?.();
  expect(await peer.next()).toMatchObject({ type: 'attach', handle: 0, role: true });
  expect(await peer.next()).toMatchObject({ type: 'flow', handle: 0, link_credit: 200 });
  peer.transfer(0, 0, dataMessage('hello'));
  expect(await peer.expect('disposition')).toMatchObject({ first: 0, state: { type: 'accepted' } });
});

test('credit that a peer gives before its attach is answered counts afterwards', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  attach(peer, true);
  peer.credit(0, 5);
  world.broker.put('later', dataMessage('hello'));
  expect(await peer.settled()).toEqual([]);
  world.broker.postponed[0]?.();
  expect((await peer.settled()).map(({ type }) => type)).toEqual(['attach', 'transfer']);
});

test('a late answer can be a refusal, and a mistake of the application is one', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  const links: OutgoingLink[] = [];
  world.broker.attached = (link) => {
    links.push(link);
    throw links.length === 1 ? new AmqpError('amqp:not-found', 'Nothing here') : new TypeError('a mistake');
  };
  attach(peer, true, 0);
  attach(peer, true, 1);
  await peer.settled();
  for (const open of world.broker.postponed) open();
  expect(await peer.settled()).toMatchObject([
    { type: 'attach', handle: 0 },
    { type: 'detach', handle: 0, closed: true, error: { condition: 'amqp:not-found' } },
    { type: 'attach', handle: 1 },
    { type: 'detach', handle: 1, closed: true, error: { condition: 'amqp:internal-error' } },
  ]);
  expect(world.faults).toMatchObject([{ message: 'a mistake' }]);
});

test('a peer that detaches before it is answered gets an attach and a detach, and the answer is not given', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  attach(peer, true);
  peer.send('detach', { handle: 0, closed: true });
  expect((await peer.settled()).map(({ type }) => type)).toEqual(['attach', 'detach']);
  world.broker.postponed[0]?.();
  expect([await peer.settled(), world.broker.links]).toEqual([[], []]);
});

test('nothing is answered when the session or the connection has ended meanwhile', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  attach(peer, true);
  peer.send('end');
  expect(await peer.settled()).toMatchObject([{ type: 'end' }]);
  const other = await world.connect();
  attach(other, true);
  await other.settled();
  await other.vanish();
  for (const open of world.broker.postponed) open();
  expect([world.broker.links, world.broker.detached, world.faults]).toEqual([[], [], []]);
});
