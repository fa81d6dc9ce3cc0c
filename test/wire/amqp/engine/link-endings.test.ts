import { expect, test } from 'vitest';
import type { OutgoingLink } from '../../../../emulator/servers/amqp/engine/application.ts';
import { AmqpError } from '../../../../emulator/servers/amqp/engine/errors.ts';
import { dataMessage } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { source, target } from '../../../support/amqp/rhea-codec.ts';

const HELLO = dataMessage('hello');

const tagOf = (count: number): string => count.toString(16).padStart(32, '0');

test('a link that a peer detaches is answered in kind and its deliveries are over', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 1);
  world.broker.put('q', HELLO);
  await peer.settled();
  peer.send('detach', { handle: 0, closed: false });
  expect(await peer.settled()).toEqual([{ type: 'detach', handle: 0, closed: false }]);
  peer.settle(0, 0, 'accepted');
  expect([await peer.settled(), world.broker.outcomes, world.broker.detached]).toEqual([[], [], ['from-q-0 by peer']]);
  expect(world.broker.links[0]?.send(HELLO, { tag: Buffer.from('late') }).isPending).toBe(false);
});

test('an application ends a session with all its links', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0);
  await peer.receiver('q', 1);
  await peer.settled();
  world.broker.links[0]?.endSession(new AmqpError('amqp:session:errant-link', 'as told'));
  expect(await peer.next()).toEqual({
    type: 'end',
    error: { condition: 'amqp:session:errant-link', description: 'as told' },
  });
  expect(world.broker.detached).toEqual([
    'from-q-0 by application: amqp:session:errant-link',
    'from-q-1 by application: amqp:session:errant-link',
  ]);
  peer.credit(0, 5); // was on its way
  peer.send('end');
  await peer.begin();
});

test('a transfer on a link that receives ends the session', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0);
  peer.transfer(0, 0, HELLO);
  expect(await peer.next()).toMatchObject({ type: 'end', error: { condition: 'amqp:not-allowed' } });
});

test('a link without an address is for the application to refuse', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.send('attach', { name: 'l', handle: 0, role: true, source: source({ dynamic: true }), target: target({}) });
  await peer.expect('attach');
  expect(world.broker.links.map(({ address, source }) => [address, source?.isDynamic])).toEqual([[undefined, true]]);
});

test('no outcome is heard once an application has closed the connection', async () => {
  await using world = new EngineWorld();
  const heard: string[] = [];
  world.broker.outgoing = {
    settled: ({ tag }) => {
      heard.push(tag.toString('hex'));
      world.broker.connections[0]?.close();
    },
    detached: () => void heard.push('detached'),
  };
  const peer = await world.connect();
  await peer.receiver('q', 0, 5);
  await peer.settled();
  for (let i = 0; i < 3; i += 1) world.broker.put('q', HELLO);
  await peer.settled();
  peer.settle(0, 2, 'accepted');
  expect(await peer.rest()).toEqual([{ type: 'close' }]);
  expect(heard).toEqual([tagOf(0), 'detached']);
});

const attach = { name: 'l', handle: 0, role: true, source: source({ address: 'q' }), target: target({}) };

/** Runs as soon as the application has seen an outgoing link. */
const onAttach = (world: EngineWorld, run: (link: OutgoingLink) => void): void => {
  world.broker.attached = run;
};

test('an application may detach a link before its attach is answered: the answer comes first', async () => {
  await using world = new EngineWorld();
  onAttach(world, (link) => link.detach(new AmqpError('amqp:link:stolen', 'at once')));
  const peer = await world.connect();
  peer.send('attach', attach);
  expect((await peer.settled()).map(({ type }) => type)).toEqual(['attach', 'detach']);
  expect(world.broker.detached).toEqual(['l by application: amqp:link:stolen']);
});

test('an application may end a session while a link attaches', async () => {
  await using world = new EngineWorld();
  onAttach(world, (link) => link.endSession());
  const peer = await world.connect();
  peer.send('attach', attach);
  expect(await peer.settled()).toEqual([{ type: 'end' }]);
});

test('an application may detach a link when it is asked to drain', async () => {
  await using world = new EngineWorld();
  world.broker.outgoing = { credit: (link) => link.detach() };
  const peer = await world.connect();
  await peer.receiver('q', 0);
  peer.credit(0, 5, { drain: true, echo: true });
  expect((await peer.settled()).map(({ type }) => type)).toEqual(['detach']);
});

test('an application may end a session while it gets a message', async () => {
  await using world = new EngineWorld();
  world.broker.incoming = { message: ({ link }) => link.endSession() };
  const peer = await world.connect();
  await peer.sender('q');
  for (let id = 0; id < 3; id += 1) peer.transfer(0, id, HELLO);
  expect(await peer.settled()).toEqual([{ type: 'end' }]);
});
