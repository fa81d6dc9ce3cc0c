import { expect, test } from 'vitest';
import { encodeDeliveryAnnotations } from '../../../../emulator/servers/amqp/engine/message/encode.ts';
import { dataMessage, frameOf } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { messages, outcome, source, target } from '../../../support/amqp/rhea-codec.ts';

const HELLO = dataMessage('hello');

const tagOf = (count: number): string => count.toString(16).padStart(32, '0');

test.each([
  ['accepted', {}, 'accepted'],
  ['rejected', { error: { condition: 'x', description: 'y' } }, 'rejected'],
  ['modified', { delivery_failed: true }, 'modified'],
])('the outcome %s of a receiver is heard', async (state, fields, heard) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 5);
  world.broker.put('q', HELLO);
  await peer.settled();
  peer.settle(0, 0, state, fields);
  expect(await peer.settled()).toEqual([]);
  expect(world.broker.outcomes).toEqual([`${tagOf(0)} ${heard}`]);
});

test('what a receiver releases comes again', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 5);
  world.broker.put('q', HELLO);
  await peer.settled();
  peer.settle(0, 0, 'released');
  expect(await peer.settled()).toMatchObject([{ type: 'transfer', delivery_id: 1, payload: HELLO }]);
});

test.each([
  ['nothing', {}, 'released'],
  ['accepted', { default_outcome: outcome('accepted') }, 'accepted'],
])('settled without an outcome: taken for what the source names, which is %s', async (_what, fields, heard) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 1, { source: source({ address: 'q', ...fields }) });
  world.broker.put('q', HELLO);
  await peer.settled();
  peer.send('disposition', { role: true, first: 0, settled: true });
  await peer.settled();
  expect(world.broker.outcomes).toEqual([`${tagOf(0)} ${heard}`]);
});

test('a state that is not an outcome, or that a sender sends, changes nothing', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 1);
  world.broker.put('q', HELLO);
  await peer.settled();
  peer.send('disposition', {
    role: true,
    first: 0,
    state: outcome('received', { section_number: 0, section_offset: 0 }),
  });
  peer.send('disposition', { role: true, first: 0 });
  peer.send('disposition', { role: false, first: 0, settled: true, state: outcome('accepted') });
  expect([await peer.settled(), world.broker.outcomes]).toEqual([[], []]);
});

test('an application forgets a delivery: what the peer says of it is late, and its place is free', async () => {
  await using world = new EngineWorld();
  world.broker.outgoing = { maxUnsettled: 1 };
  const peer = await world.connect();
  await peer.receiver('q', 0, 5);
  await peer.settled();
  const [link] = world.broker.links;
  const delivery = link?.send(HELLO, { tag: Buffer.from('a') });
  await peer.expect('transfer');
  expect([delivery?.isPending, link?.available]).toEqual([true, 0]);
  delivery?.forget();
  expect([delivery?.isPending, link?.available]).toEqual([false, 1]);
  peer.settle(0, 0, 'accepted');
  expect([await peer.settled(), world.broker.outcomes]).toEqual([[], []]);
});

test('an application forgets a delivery that has not gone out', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0);
  await peer.settled();
  const [link] = world.broker.links;
  const [first, second] = ['a', 'b'].map((tag) => link?.send(HELLO, { tag: Buffer.from(tag) }));
  first?.forget();
  peer.credit(0, 5);
  expect((await peer.settled()).map(({ delivery_tag }) => delivery_tag)).toEqual([Buffer.from('b')]);
  expect([first?.isPending, second?.isPending]).toEqual([false, true]);
});

test('credit that a flow takes back is gone, and credit for what is on its way is not given twice', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 5);
  for (let i = 0; i < 3; i += 1) world.broker.put('q', HELLO);
  await peer.settled();
  peer.credit(0, 5, { delivery_count: 0, echo: true }); // said before the three have come: two are left
  expect(await peer.next()).toMatchObject({ type: 'flow', handle: 0, delivery_count: 3, link_credit: 2 });
  peer.credit(0, 0, { delivery_count: 3 });
  await peer.settled();
  world.broker.put('q', HELLO);
  expect(await peer.settled()).toEqual([]);
});

test('links of one session take turns when its window is small', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.begin(1, { incoming_window: 1 });
  for (const handle of [0, 1, 2]) {
    peer.send(
      'attach',
      { name: `l${handle}`, handle, role: true, source: source({ address: `q${handle}` }), target: target({}) },
      { channel: 1 },
    );
    peer.send(
      'flow',
      {
        next_incoming_id: 0,
        incoming_window: 0,
        next_outgoing_id: 0,
        outgoing_window: 1,
        handle,
        delivery_count: 0,
        link_credit: 100,
      },
      { channel: 1 },
    );
    for (let i = 0; i < 10; i += 1) world.broker.put(`q${handle}`, HELLO);
  }
  await peer.settled();
  const served: unknown[] = [];
  for (let id = 0; id < 9; id += 1) {
    peer.send(
      'flow',
      { next_incoming_id: id, incoming_window: 1, next_outgoing_id: 0, outgoing_window: 1 },
      { channel: 1 },
    );
    served.push((await peer.expect('transfer')).handle);
  }
  expect([0, 1, 2].map((handle) => served.filter((served) => served === handle).length)).toEqual([3, 3, 3]);
});

test('a receiver that settles in two steps is told that its outcome is too late', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('locked', 0, 1, { rcv_settle_mode: 1 });
  world.broker.put('locked', HELLO);
  await peer.settled();
  peer.send('disposition', { role: true, first: 0, settled: false, state: outcome('accepted') });
  expect(await peer.next()).toEqual({
    type: 'disposition',
    role: false,
    first: 0,
    last: 0,
    settled: true,
    state: { type: 'rejected', error: { condition: 'com.microsoft:message-lock-lost', description: 'Too late' } },
  });
});

test('nothing is sent on a link before its attach has been answered', async () => {
  await using world = new EngineWorld();
  world.broker.put('q', HELLO);
  const peer = await world.connect();
  peer.raw(
    Buffer.concat([
      frameOf('attach', { name: 'l', handle: 0, role: true, source: source({ address: 'q' }), target: target({}) }),
      frameOf('flow', { incoming_window: 5, next_outgoing_id: 0, outgoing_window: 5, handle: 0, link_credit: 5 }),
    ]),
  );
  expect((await peer.settled()).map(({ type }) => type)).toEqual(['attach', 'transfer']);
});

test('the bytes of one message go to all readers, with annotations for one alone', async () => {
  await using world = new EngineWorld();
  const peers = [await world.connect(), await world.connect()];
  for (const peer of peers) {
    await peer.receiver('q', 0, 5);
    await peer.settled();
  }
  const [first, second] = world.broker.links;
  const deliveryAnnotations = encodeDeliveryAnnotations(new Map([['last_enqueued_offset', '17']]));
  first?.send(HELLO, { tag: world.broker.tag(), deliveryAnnotations });
  second?.send(HELLO, { tag: world.broker.tag() });
  const payloads = await Promise.all(peers.map(async (peer) => (await peer.next()).payload));
  expect(payloads).toEqual([Buffer.concat([deliveryAnnotations, HELLO]), HELLO]);
  expect(messages.decode(Buffer.concat([deliveryAnnotations, HELLO])).delivery_annotations).toEqual({
    last_enqueued_offset: '17',
  });
});
