import { expect, test } from 'vitest';
import { type AmqpPeer, frameOf } from '../../../support/amqp/amqp-peer.ts';
import { damaged, randomFrom, someFrame } from '../../../support/amqp/damage.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';
import { hex } from '../../../support/amqp/hex.ts';
import { source, target } from '../../../support/amqp/rhea-codec.ts';
import { cpuMs } from '../../../support/amqp/witness.ts';

const FRAMES = Number(process.env.AMQP_MUTATIONS ?? 50_000);
const FRAMES_PER_CONNECTION = 20;
const SEED = 20_261_128;

const attach = (handle: number, role: boolean, address: string): Buffer =>
  frameOf('attach', { name: address, handle, role, source: source({ address }), target: target({ address }) });

/** Until a peer may send to a queue, to another one, and receive from the first. */
const HANDSHAKE = Buffer.concat([
  hex('414d515000010000'),
  frameOf('open', { container_id: 'c' }),
  frameOf('begin', { next_outgoing_id: 0, incoming_window: 100, outgoing_window: 100 }),
  attach(0, false, 'q'),
  attach(1, false, 'hold'),
  attach(2, true, 'q'),
]);

/** Sends frames, of which every fourth one is damaged, until the connection ends. Returns how many there were. */
const talk = async (peer: AmqpPeer, random: (below: number) => number): Promise<number> => {
  peer.raw(random(20) === 0 ? damaged(HANDSHAKE, random) : HANDSHAKE);
  let sent = 0;
  for (; sent < FRAMES_PER_CONNECTION && !peer.stream.destroyed && !peer.stream.readableEnded; sent += 1) {
    const frame = someFrame(random);
    peer.raw(random(4) > 0 ? frame : damaged(frame, random));
    if (random(3) === 0) await new Promise(setImmediate);
  }
  return sent;
};

test(`${FRAMES} frames that are odd or damaged: no uncaught error, no effect on other clients, no connection left`, async () => {
  await using world = new EngineWorld();
  const witness = await world.connect();
  const random = randomFrom(SEED);
  let longest = 0;
  for (let sent = 0; sent < FRAMES; ) {
    const start = cpuMs();
    const peer = world.dial();
    sent += await talk(peer, random);
    await peer.vanish();
    longest = Math.max(longest, cpuMs() - start);
    world.broker.queues.clear();
    world.broker.held.length = 0;
    world.broker.links.length = 0;
  }
  expect(await witness.settled()).toEqual([]);
  await new Promise(setImmediate);
  expect([world.engine.connections, world.faults]).toEqual([1, []]);
  // a connection of twenty frames, whatever they hold
  expect(longest).toBeLessThan(1000);
}, 3_600_000);
