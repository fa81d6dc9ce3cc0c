import { expect, test } from 'vitest';
import { dataMessage, frameOf } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';

const HELLO = dataMessage('hello');

test('all that one chunk causes goes out in one piece, dispositions of neighbours as one', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  const before = peer.chunks;
  peer.raw(
    Buffer.concat(
      Array.from({ length: 50 }, (_, id) =>
        frameOf('transfer', { handle: 0, delivery_id: id, delivery_tag: Buffer.from([id]) }, { payload: HELLO }),
      ),
    ),
  );
  expect(await peer.next()).toMatchObject({ type: 'disposition', first: 0, last: 49, state: { type: 'accepted' } });
  expect(peer.chunks - before).toBe(1);
});

test('messages of different fates are told apart', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q', 0);
  await peer.sender('reject', 1);
  peer.raw(
    Buffer.concat(
      [0, 0, 1, 1, 0].map((handle, id) =>
        frameOf('transfer', { handle, delivery_id: id, delivery_tag: Buffer.from([id]) }, { payload: HELLO }),
      ),
    ),
  );
  const rejected = { type: 'rejected', error: { condition: 'amqp:not-allowed', description: 'Not wanted' } };
  expect((await peer.settled()).map(({ first, last, state }) => [first, last, state])).toEqual([
    [0, 1, { type: 'accepted' }],
    [2, 2, rejected],
    [3, 3, rejected],
    [4, 4, { type: 'accepted' }],
  ]);
});

test('what is settled later is told later, once', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('hold');
  for (let id = 0; id < 3; id += 1) peer.transfer(0, id, HELLO);
  expect(await peer.settled()).toEqual([]);
  const [first, second, third] = world.broker.held;
  second?.release();
  second?.accept();
  third?.settle({ type: 'modified', deliveryFailed: true });
  first?.accept();
  expect((await peer.settled()).map(({ first, state }) => [first, state])).toEqual([
    [1, { type: 'released' }],
    [2, { type: 'modified', delivery_failed: true }],
    [0, { type: 'accepted' }],
  ]);
  expect(world.broker.held.map(({ isSettled }) => isSettled)).toEqual([true, true, true]);
});

test('what was sent settled gets no disposition', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q', 0);
  await peer.sender('reject', 1);
  for (const handle of [0, 1]) peer.transfer(handle, handle, HELLO, { settled: true });
  expect(await peer.settled()).toEqual([]);
  expect(world.broker.queues.get('q')).toEqual([HELLO]);
});

test('a message comes in pieces, and another link is heard in between', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q', 0);
  await peer.sender('other', 1);
  peer.transfer(0, 0, HELLO.subarray(0, 5), { more: true });
  peer.transfer(1, 1, HELLO);
  peer.send('transfer', { handle: 0, more: true }, { payload: HELLO.subarray(5, 6) });
  peer.send('transfer', { handle: 0, more: false }, { payload: HELLO.subarray(6) });
  expect((await peer.settled()).map(({ first }) => first)).toEqual([1, 0]);
  expect([world.broker.queues.get('q'), world.broker.queues.get('other')]).toEqual([[HELLO], [HELLO]]);
});

test('an aborted message is dropped', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  peer.transfer(0, 0, HELLO.subarray(0, 5), { more: true });
  peer.send('transfer', { handle: 0, aborted: true });
  peer.transfer(0, 1, HELLO);
  expect((await peer.settled()).map(({ first }) => first)).toEqual([1]);
  expect(world.broker.queues.get('q')).toEqual([HELLO]);
});

test.each([
  ['begins before the last one has ended', { delivery_id: 1, delivery_tag: Buffer.from('1') }, 'amqp:not-allowed'],
  ['has no id', {}, 'amqp:invalid-field'],
])('a delivery that %s ends its link', async (_what, fields, condition) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  if (condition === 'amqp:not-allowed') peer.transfer(0, 0, HELLO, { more: true });
  peer.send('transfer', { handle: 0, ...fields }, { payload: HELLO });
  expect(await peer.next()).toMatchObject({ type: 'detach', handle: 0, closed: true, error: { condition } });
  peer.transfer(0, 5, HELLO); // was on its way
  expect(await peer.settled()).toEqual([]);
});

test('a message that does not decode ends the connection', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  peer.transfer(0, 0, Buffer.from('nonsense'));
  expect(await peer.rest()).toMatchObject([{ type: 'close', error: { condition: 'amqp:decode-error' } }]);
  expect(world.faults).toEqual([]);
});

test('a mistake of the application closes the connection without its text, and is reported', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('bug');
  peer.transfer(0, 0, HELLO);
  expect(await peer.rest()).toEqual([
    {
      type: 'close',
      error: { condition: 'amqp:internal-error', description: 'The server has failed; its log shows the error' },
    },
  ]);
  expect(world.faults).toEqual([new TypeError('a mistake')]);
});

test('an error of an application when a link ends is reported and changes nothing else', async () => {
  await using world = new EngineWorld();
  const detached = (): void => {
    throw new TypeError('a mistake');
  };
  world.broker.incoming = { detached };
  const peer = await world.connect();
  await peer.sender('q', 0);
  peer.send('detach', { handle: 0, closed: true });
  expect(await peer.settled()).toEqual([{ type: 'detach', handle: 0, closed: true }]);
  expect(world.faults).toEqual([new TypeError('a mistake')]);
});

test('an echo is answered for a link on which the peer sends, too', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q');
  peer.transfer(0, 0, HELLO);
  await peer.settled();
  peer.credit(0, 0, { echo: true });
  expect(await peer.next()).toMatchObject({
    type: 'flow',
    handle: 0,
    delivery_count: 1,
    link_credit: 199,
    next_incoming_id: 1,
    incoming_window: 2048,
  });
});

test('delivery counts wrap around', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q', 0, { initial_delivery_count: 2 ** 32 - 1 });
  peer.transfer(0, 2 ** 32 - 1, HELLO, { delivery_tag: Buffer.from('a') });
  peer.transfer(0, 0, HELLO);
  await peer.settled();
  peer.credit(0, 0, { echo: true });
  expect(await peer.next()).toMatchObject({ handle: 0, delivery_count: 1, link_credit: 198 });
});
