import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from 'iothub-emulator';
import { serve, settings } from './serve.ts';

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

serve({
  /** Fills the folder with a fleet. */
  fill: (count) => timed({ data, devices: [device(Number(count))] }),
  /** How long a start takes with an empty hub in memory, and with what is in the folder, ms. */
  start: () => timed({}),
  restart: () => timed({ data }),
  bytes: () => bytesIn(data),
});
