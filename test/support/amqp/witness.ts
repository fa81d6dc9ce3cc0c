import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect } from 'vitest';
import type { AmqpPeer } from './amqp-peer.ts';
import { EngineWorld } from './engine-world.ts';

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
