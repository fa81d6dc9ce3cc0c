import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from 'iothub-emulator';
import { serve, settings, settledMemory } from './serve.ts';

const { caDir, data } = settings<{ caDir: string; data: string }>();

/** A twin of about 1 KB with its metadata. */
const device = (count: number) => ({
  id: 'd{i}',
  count,
  tags: { site: 'plant-{i%10}' },
  desired: { rate: 5, mode: 'auto', limits: { low: 1, high: 99 } },
  reported: { rate: 5, firmware: { version: '4.2.{i%100}', serialNumber: 'SN-{i}' } },
});

const bytesIn = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size);
  }, 0);

const timed = async (options: object): Promise<number> => {
  const before = performance.now();
  const emulator = await startEmulator({ caDir, ...options });
  const took = performance.now() - before;
  await emulator.close();
  return took;
};

/** More devices than a seed can name: they are created afterwards. */
const MOST_OF_A_SEED = 100_000;
const AT_A_TIME = 5_000;

const grow = async (count: number): Promise<void> => {
  const emulator = await startEmulator({ caDir, data, durability: 'fast' });
  const { hub } = emulator;
  for (let i = 0; i < count; i++) {
    const deviceId = `d${i}`;
    hub.registry.create({ deviceId }, {});
    const { desired } = device(1);
    hub.twins.patch(deviceId, { tags: { site: `plant-${i % 10}` }, properties: { desired } });
    hub.twins.report(deviceId, { rate: 5, firmware: { version: `4.2.${i % 100}`, serialNumber: `SN-${i}` } });
    if (i % AT_A_TIME === 0) await new Promise((done) => setTimeout(done, 1)); // which lets the hub write
  }
  await emulator.close();
};

serve({
  /** Fills the folder with a fleet. */
  fill: (count) =>
    Number(count) > MOST_OF_A_SEED ? grow(Number(count)) : timed({ data, devices: [device(Number(count))] }),
  /** Resident memory with what is in the folder, KB. */
  memory: async () => {
    const emulator = await startEmulator({ caDir, data });
    const memory = await settledMemory();
    await emulator.close();
    return memory;
  },
  /** How long a start takes with an empty hub in memory, and with what is in the folder, ms. */
  start: () => timed({}),
  restart: () => timed({ data }),
  bytes: () => bytesIn(data),
});
