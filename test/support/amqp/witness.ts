import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect } from 'vitest';
import type { AmqpPeer } from './amqp-peer.ts';
import { EngineWorld } from './engine-world.ts';
import { hex } from './hex.ts';

const MB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Processor time of this process, ms: what else the machine does is not in it. */
export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What is held on to. */
const memory = (): number => {
  collect();
  collect(); // buffers go when what held them is gone
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
};

/**
 * An engine for each test of a file, and a peer that must not notice what others do: afterwards it is answered at once,
 * and no memory is held on to, although the others are still there.
 */
export const witnessed = (): (() => EngineWorld) => {
  let world: EngineWorld;
  let witness: AmqpPeer;
  let before: number;
  beforeEach(async () => {
    world = new EngineWorld();
    witness = await world.connect();
    before = memory();
  });
  afterEach(async () => {
    const start = cpuMs();
    expect(await witness.settled()).toEqual([]);
    expect(cpuMs() - start).toBeLessThan(200);
    expect(memory() - before).toBeLessThan(20 * MB);
    expect(world.faults).toEqual([]);
    await world[Symbol.asyncDispose]();
  });
  return () => world;
};

export const uint32 = (value: number): string => value.toString(16).padStart(8, '0');

/** An AMQP frame on channel 0 around a body. */
export const framed = (body: Buffer): Buffer => Buffer.concat([hex(`${uint32(body.length + 8)} 02000000`), body]);

/** Sends bytes in chunks of 64 KB, as long as somebody takes them. */
export const pour = async (peer: AmqpPeer, bytes: Buffer): Promise<void> => {
  for (let at = 0; at < bytes.length && !peer.stream.destroyed; at += 65_536) {
    peer.raw(bytes.subarray(at, at + 65_536));
    await new Promise(setImmediate);
  }
};
