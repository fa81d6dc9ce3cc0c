import { expect, test } from 'vitest';
import { AmqpError } from '../../../../emulator/servers/amqp/engine/errors.ts';
import { dataMessage } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { hex } from '../../../support/amqp/hex.ts';
import { messages, outcome, source, target } from '../../../support/amqp/rhea-codec.ts';

// what real clients stumble over, or make servers stumble over

const HELLO = dataMessage('hello');

test('trap 1: handle-max of begin and max-message-size of attach are numbers, in both roles', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header();
  peer.send('open', { container_id: 'c' });
  await peer.expect('header');
  expect(await peer.expect('open')).toMatchObject({
    max_frame_size: 65_536,
    channel_max: 1023,
    idle_time_out: 240_000,
  });
  peer.send('begin', { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 });
  expect(await peer.expect('begin')).toMatchObject({ remote_channel: 0, handle_max: 255 });
  for (const [handle, role] of [
    [0, true],
    [1, false],
  ] as const) {
    peer.send('attach', {
      name: 'l',
      handle,
      role,
      source: source({ address: 'q' }),
      target: target({ address: 'q' }),
    });
    expect(await peer.expect('attach', ['flow'])).toMatchObject({ handle, role: !role, max_message_size: 1_048_576 });
  }
});

test('trap 2: what a client still says on a channel whose session it has ended is passed over', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.begin(1);
  peer.send('end', {}, { channel: 1 });
  await peer.expect('end');
  peer.send(
    'disposition',
    { role: true, first: 0, last: 9, settled: true, state: outcome('accepted') },
    { channel: 1 },
  );
  peer.send(
    'flow',
    { incoming_window: 1, next_outgoing_id: 0, outgoing_window: 1, handle: 0, link_credit: 1 },
    { channel: 1 },
  );
  peer.send('transfer', { handle: 0, delivery_id: 0, delivery_tag: hex('00') }, { channel: 1, payload: HELLO });
  peer.send('detach', { handle: 0, closed: true }, { channel: 1 });
  expect(await peer.settled()).toEqual([]);
});

test('trap 2: on a channel that never had a session they are an error', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.send('disposition', { role: true, first: 0 }, { channel: 7 });
  expect(await peer.rest()).toEqual([
    {
      type: 'close',
      error: { condition: 'amqp:not-allowed', description: 'disposition on channel 7, which has no session' },
    },
  ]);
});

test('trap 3: a sender that wants to settle second is told first, and gets settled outcomes', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.send('attach', {
    name: 'l',
    handle: 0,
    role: false,
    rcv_settle_mode: 1,
    snd_settle_mode: 0,
    source: source({}),
    target: target({ address: 'q' }),
  });
  expect(await peer.expect('attach')).toMatchObject({ rcv_settle_mode: 0, snd_settle_mode: 0 });
  await peer.expect('flow');
  peer.transfer(0, 0, HELLO);
  expect(await peer.next()).toEqual({
    type: 'disposition',
    role: true,
    first: 0,
    last: 0,
    settled: true,
    state: { type: 'accepted' },
  });
});

test('trap 4: a receiver that wants everything settled gets it settled', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.send('attach', {
    name: 'l',
    handle: 0,
    role: true,
    snd_settle_mode: 1,
    source: source({ address: 'q' }),
    target: target({}),
  });
  expect(await peer.expect('attach')).toMatchObject({ snd_settle_mode: 1 });
  peer.credit(0, 1);
  world.broker.put('q', HELLO);
  expect(await peer.next()).toMatchObject({ type: 'transfer', settled: true });
  expect(world.broker.links[0]?.settlesOnSend).toBe(true);
});

test('trap 5: a link without credit does not hold up the other links of its session', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('starved', 0);
  await peer.receiver('fed', 1, 10);
  await peer.settled();
  world.broker.links[0]?.send(HELLO, { tag: world.broker.tag() });
  for (let i = 0; i < 3; i += 1) world.broker.put('fed', HELLO);
  expect((await peer.settled()).map(({ handle, delivery_id }) => [handle, delivery_id])).toEqual([
    [1, 0],
    [1, 1],
    [1, 2],
  ]);
  peer.credit(0, 1);
  expect((await peer.settled()).map(({ handle, delivery_id }) => [handle, delivery_id])).toEqual([[0, 3]]);
});

test('trap 6: one delivery that is never settled does not use up what others need', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('stuck', 0, 1);
  await peer.receiver('busy', 1, 10_000);
  world.broker.put('stuck', HELLO);
  await peer.settled();
  for (let id = 1; id <= 5000; id += 1) {
    world.broker.put('busy', HELLO);
    peer.settle(id, id, 'accepted');
    if (id % 1000 === 0) expect(await peer.settled()).toHaveLength(1000);
  }
  expect(world.broker.outcomes).toHaveLength(5000);
  peer.settle(0, 0, 'accepted');
  await peer.settled();
  expect(world.broker.outcomes).toHaveLength(5001);
});

test('trap 7: delivery tags are those of the application, 16 bytes', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.receiver('q', 0, 1);
  await peer.settled();
  const tag = hex('33221100554477668899aabbccddeeff');
  world.broker.links[0]?.send(HELLO, { tag });
  expect(await peer.next()).toMatchObject({ delivery_tag: tag });
});

test('trap 8: a transfer without a message format is a single message, 0x80013700 a batch', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('hold');
  peer.transfer(0, 0, HELLO, { message_format: undefined });
  peer.transfer(0, 1, messages.encode({ body: messages.data_sections([dataMessage('a'), dataMessage('b')]) }), {
    message_format: 0x8001_3700,
  });
  await peer.settled();
  expect(world.broker.held.map((delivery) => [delivery.format, delivery.messages().map(({ body }) => body)])).toEqual([
    [0, [{ type: 'data', data: Buffer.from('hello') }]],
    [
      0x8001_3700,
      [
        { type: 'data', data: Buffer.from('a') },
        { type: 'data', data: Buffer.from('b') },
      ],
    ],
  ]);
});

test('trap 9: a name may be used once in each direction', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  await peer.sender('q', 0, { name: 'same' });
  await peer.receiver('q', 1, 5, { name: 'same' });
  peer.transfer(0, 0, HELLO);
  expect((await peer.settled()).map(({ type }) => type)).toEqual(['disposition', 'transfer']);
  peer.send('attach', { name: 'same', handle: 2, role: true, source: source({ address: 'q' }), target: target({}) });
  expect(await peer.next()).toEqual({
    type: 'end',
    error: {
      condition: 'amqp:not-allowed',
      description: 'The session already has a link named same in this direction',
    },
  });
});

// the service's own attach of a link that it refuses: https://github.com/Azure/iothub-explorer/issues/57
// go-amqp 1.5.0 takes any other for a link that was there and has ended, and attaches it again and again: link.go
test('trap 10: a link that is refused is attached first, without source and target, and then detached for good', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.send('attach', {
    name: 'l',
    handle: 3,
    role: true,
    source: source({ address: 'missing' }),
    target: target({ address: 'here' }),
  });
  const [attach, detach] = await peer.settled();
  expect(attach).toMatchObject({ type: 'attach', name: 'l', handle: 3, role: false });
  expect(attach).not.toHaveProperty('source');
  expect(attach).not.toHaveProperty('target');
  expect(detach).toEqual({
    type: 'detach',
    handle: 3,
    closed: true,
    error: { condition: 'amqp:not-found', description: 'There is no such node' },
  });
  peer.send('detach', { handle: 3, closed: true });
  await peer.receiver('q', 3);
});

test('trap 10: a redirect carries where to go', async () => {
  await using world = new EngineWorld();
  const info = new Map([
    ['hostname', 'h'],
    ['address', 'amqps://h:5671/hub/x'],
  ]);
  const peer = await world.connect();
  await peer.receiver('q', 0);
  world.broker.links[0]?.detach(new AmqpError('amqp:link:redirect', 'Over there', info));
  expect(await peer.next()).toEqual({
    type: 'detach',
    handle: 0,
    closed: true,
    error: {
      condition: 'amqp:link:redirect',
      description: 'Over there',
      info: { hostname: 'h', address: 'amqps://h:5671/hub/x' },
    },
  });
});
