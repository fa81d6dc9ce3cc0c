import { expect, test } from 'vitest';
import { symbol } from '../../../../emulator/servers/amqp/engine/codec/values.ts';
import { dataMessage, frameOf } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { hex } from '../../../support/amqp/hex.ts';
import { outcome, source, target, typed } from '../../../support/amqp/rhea-codec.ts';

// what real clients stumble over, or make servers stumble over

const HELLO = dataMessage('hello');

test('trap 14: protocol headers, sasl-init, open and attach may come in one chunk', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.raw(
    Buffer.concat([
      hex('414d515003010000'),
      frameOf('sasl_init', { mechanism: 'ANONYMOUS' }),
      hex('414d515000010000'),
      frameOf('open', { container_id: 'c' }),
      frameOf('begin', { next_outgoing_id: 0, incoming_window: 5, outgoing_window: 5 }),
      frameOf('attach', { name: 'l', handle: 0, role: false, source: source({}), target: target({ address: 'q' }) }),
    ]),
  );
  const heard = [];
  while (heard.at(-1)?.type !== 'flow') heard.push(await peer.next());
  expect(heard.map(({ type }) => type)).toEqual([
    'header',
    'sasl_mechanisms',
    'sasl_outcome',
    'header',
    'open',
    'begin',
    'attach',
    'flow',
  ]);
  expect(peer.chunks).toBe(1);
});

test.each([
  [512, 512],
  [4096, 4096],
  [65_536, 65_536],
  [1_048_576, 65_536],
  [undefined, 65_536],
])('trap 15: frames for a peer that takes %s bytes have at most %i', async (max_frame_size, most) => {
  await using world = new EngineWorld();
  const peer = world.dial();
  await peer.open({ max_frame_size });
  await peer.receiver('q', 0, 1);
  const message = dataMessage(Buffer.alloc(200_000, 'x'));
  world.broker.put('q', message);
  const sizes: number[] = [];
  const pieces: Buffer[] = [];
  for (let more: unknown = true; more === true; ) {
    const { type, payload, ...fields } = await peer.next();
    if (type !== 'transfer' || !Buffer.isBuffer(payload)) throw new Error(type);
    more = fields.more;
    pieces.push(payload);
    sizes.push(frameOf('transfer', fields, { payload }).length);
    if (pieces.length > 1)
      expect([fields.delivery_id, fields.delivery_tag, fields.message_format]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
  }
  expect(Buffer.concat(pieces).equals(message)).toBe(true);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
  expect(Math.max(...sizes)).toBeGreaterThan(most - 64); // rhea writes less padding than we do
});

test('trap 15: the incoming-window of a peer counts frames', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.header();
  peer.send('open', { container_id: 'c', max_frame_size: 512 });
  await peer.expect('header');
  await peer.expect('open');
  await peer.begin(0, { incoming_window: 3 });
  await peer.receiver('q', 0);
  peer.credit(0, 10, { incoming_window: 3 });
  world.broker.put('q', dataMessage(Buffer.alloc(2000)));
  const frames = [await peer.next(), await peer.next(), await peer.next()];
  expect(frames.map(({ more }) => more)).toEqual([true, true, true]);
  peer.send('flow', { next_incoming_id: 3, incoming_window: 1, next_outgoing_id: 0, outgoing_window: 1, echo: true });
  expect([await peer.next(), await peer.next()].map(({ type }) => type)).toEqual(['flow', 'transfer']);
  peer.send('flow', { next_incoming_id: 4, incoming_window: 100, next_outgoing_id: 0, outgoing_window: 1 });
  expect(await peer.next()).toMatchObject({ type: 'transfer', more: false });
});

test('trap 16: an open may have an empty container id', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  await peer.open({ container_id: '', hostname: 'localhost', idle_time_out: 115_000 });
  expect(world.broker.connections.map(({ peer: { containerId, hostname } }) => [containerId, hostname])).toEqual([
    ['', 'localhost'],
  ]);
});

test('trap 16: an open may have no container id at all', async () => {
  await using world = new EngineWorld();
  const peer = world.dial();
  peer.raw('414d515000010000 0000000c 02000000 00531045');
  await peer.expect('header');
  await peer.expect('open');
});

test('trap 19: desired capabilities may be one symbol or several', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  const one = 'com.microsoft:enable-receiver-runtime-metric';
  await peer.receiver('q', 0, 0, { desired_capabilities: one });
  await peer.receiver('q', 1, 0, { desired_capabilities: ['com.microsoft:georeplication', one] });
  expect(world.broker.links.map(({ desiredCapabilities }) => desiredCapabilities)).toEqual([
    [one],
    ['com.microsoft:georeplication', one],
  ]);
});

test.each([
  ['a number', 0x468c_0000_0004],
  ['a symbol', 'apache.org:selector-filter:string'],
])('trap 20: a filter is found by its key, whether %s describes it', async (_what, descriptor) => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  const key = 'apache.org:selector-filter:string';
  const text = "amqp.annotation.x-opt-offset > '-1'";
  const filter = { [key]: typed('wrap_described', text, descriptor) };
  await peer.receiver('q', 0, 0, { source: source({ address: 'q', filter }) });
  expect(world.broker.links[0]?.source?.filter?.get(key)).toEqual({
    type: 'described',
    descriptor: typeof descriptor === 'number' ? { type: 'ulong', value: descriptor } : symbol(descriptor),
    value: text,
  });
});

test('trap 21: draining uses up the credit and says so', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  world.broker.put('q', HELLO);
  await peer.receiver('q', 0);
  peer.credit(0, 10, { drain: true });
  const [transfer, flow] = [await peer.next(), await peer.next()];
  expect(transfer).toMatchObject({ type: 'transfer', handle: 0 });
  expect(flow).toMatchObject({ type: 'flow', handle: 0, delivery_count: 10, link_credit: 0, drain: true });
  world.broker.put('q', HELLO);
  expect(await peer.settled()).toEqual([]);
});

test('trap 22: a channel is free as soon as its session has ended', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.raw(
    Buffer.concat(
      Array.from({ length: 50 }, () => [
        frameOf('begin', { next_outgoing_id: 0, incoming_window: 5, outgoing_window: 5 }, { channel: 1 }),
        frameOf(
          'attach',
          { name: 'l', handle: 0, role: true, source: source({ address: 'q' }), target: target({}) },
          { channel: 1 },
        ),
        frameOf('end', {}, { channel: 1 }),
      ]).flat(),
    ),
  );
  const heard = (await peer.settled()).map(({ type }) => type);
  expect(heard).toEqual(Array.from({ length: 50 }, () => ['begin', 'attach', 'end']).flat());
  expect(world.broker.detached).toHaveLength(50);
});

test('trap 23: an empty frame of 20 bytes, or garbage, ends its own connection only', async () => {
  await using world = new EngineWorld();
  const other = await world.connect();
  const peer = await world.connect();
  peer.raw('00000014 02000000 0053 1045 00000000 00000000');
  expect(await peer.rest()).toEqual([
    { type: 'close', error: { condition: 'amqp:not-allowed', description: 'The connection is already open' } },
  ]);
  expect(await other.settled()).toEqual([]);
  expect(world.faults).toEqual([]);
});

test('trap 24: a peer that keeps its half open after an error is dropped within a second', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.raw('ffffffff ffffffff');
  expect(await peer.expect('close')).toMatchObject({ error: { condition: 'amqp:connection:framing-error' } });
  world.clock.advance(999);
  expect(world.engine.connections).toBe(1);
  world.clock.advance(1);
  await new Promise(setImmediate);
  expect(world.engine.connections).toBe(0);
});

test('trap 26: a receiver that settles in two steps is answered in kind', async () => {
  await using world = new EngineWorld();
  const peer = await world.connect();
  peer.send('attach', {
    name: 'l',
    handle: 0,
    role: true,
    snd_settle_mode: 0,
    rcv_settle_mode: 1,
    source: source({ address: 'q' }),
    target: target({}),
  });
  expect(await peer.expect('attach')).toMatchObject({ snd_settle_mode: 0, rcv_settle_mode: 1 });
  peer.credit(0, 10);
  for (let i = 0; i < 3; i += 1) world.broker.put('q', HELLO);
  expect(await peer.settled()).toHaveLength(3);
  peer.send('disposition', { role: true, first: 0, last: 2, settled: false, state: outcome('accepted') });
  expect(await peer.next()).toEqual({
    type: 'disposition',
    role: false,
    first: 0,
    last: 2,
    settled: true,
    state: { type: 'accepted' },
  });
});
