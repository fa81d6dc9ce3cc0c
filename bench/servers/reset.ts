import { type Fork, startEmulator } from 'iothub-emulator';
import { serve, settings } from './serve.ts';

const { caDir, count } = settings<{ caDir: string; count: number }>();
const emulator = await startEmulator({ caDir });
const { hub, snapshots: states } = emulator;
for (let i = 0; i < count; i++) {
  hub.registry.create({ deviceId: `d${i}` }, {});
  hub.twins.patch(`d${i}`, {
    tags: { plant: `p${i % 50}` },
    properties: { desired: { interval: i, limits: { low: 1, high: 9 } } },
  });
}
states.seal();
states.take('kept');

/** Changes every twin. */
const disturb = (): void => {
  for (let i = 0; i < count; i++) hub.twins.report(`d${i}`, { connectivity: { type: 'cellular' } });
  hub.registry.create({ deviceId: 'newcomer' }, {});
};

const time = (work: () => void): number => {
  const before = performance.now();
  work();
  return performance.now() - before;
};

/** All answers are in ms. */
serve({
  reset: () => {
    disturb();
    return time(() => states.reset());
  },
  restore: () => {
    disturb();
    return time(() => states.restore('kept'));
  },
  snapshot: () => time(() => states.take('taken')),
  fork: async () => {
    let fork: Fork | undefined;
    const took = time(() => {
      fork = emulator.fork();
    });
    await fork?.close();
    return took;
  },
  /** The first write copies what a fork shared until then. */
  forkAndCreate: async () => {
    let fork: Fork | undefined;
    const took = time(() => {
      fork = emulator.fork();
      fork.hub.registry.create({ deviceId: 'newcomer' }, {});
    });
    await fork?.close();
    return took;
  },
});
