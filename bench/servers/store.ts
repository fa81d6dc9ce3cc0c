import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from 'iothub-emulator';
import { Hub } from '../../emulator/hub/hub.ts';
import { rowsIn } from '../../emulator/store/data-folder.ts';
import { LevelStore } from '../../emulator/store/level-store.ts';
import { keyOfRow, textOfRow } from '../../emulator/store/row-text.ts';
import type { Write } from '../../emulator/store/state-store.ts';
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

/** More devices than a seed can name: their rows are written as the hub writes them. */
const MOST_OF_A_SEED = 100_000;
const AT_A_TIME = 10_000;

const grow = async (count: number): Promise<void> => {
  await timed({ data }); // a hub without devices
  const store = await LevelStore.open(rowsIn(data));
  const hub = new Hub({ derive: (text) => createHash('sha256').update(text).digest('base64'), history: 0 });
  for (let first = 0; first < count; first += AT_A_TIME) {
    await store.write(rowsOf(hub, first, Math.min(AT_A_TIME, count - first)), false);
    if (first % 100_000 === 0) console.error(`  ${first} of ${count} twins are written`);
  }
  await store.close();
};

/** Rows of devices that are in the hub only while it makes them. */
const rowsOf = (hub: Hub, first: number, count: number): Write[] => {
  for (let i = first; i < first + count; i++) {
    const deviceId = `d${i}`;
    hub.registry.create({ deviceId }, {});
    hub.twins.patch(deviceId, { tags: { site: `plant-${i % 10}` }, properties: { desired: device(1).desired } });
    hub.twins.report(deviceId, { rate: 5, firmware: { version: `4.2.${i % 100}`, serialNumber: `SN-${i}` } });
  }
  const writes: Write[] = [];
  for (const row of [...hub.changes.entries()]) {
    if (row.space !== 'devices') continue;
    const place = first + (row.place ?? 0);
    writes.push({ key: keyOfRow(row), text: textOfRow(hub.changes, { ...row, place }) });
    hub.registry.delete({ deviceId: row.key }, '*');
  }
  return writes;
};

serve({
  /** Fills the folder with a fleet. */
  fill: (count) =>
    Number(count) > MOST_OF_A_SEED ? grow(Number(count)) : timed({ data, devices: [device(Number(count))] }),
  /** How long a start takes with an empty hub in memory, and with what is in the folder, ms. */
  start: () => timed({}),
  /** The same with what is in the folder, and resident memory then, KB. */
  measure: async () => {
    const before = performance.now();
    const emulator = await startEmulator({ caDir, data });
    const took = performance.now() - before;
    const memory = await settledMemory();
    await emulator.close();
    return { took, memory };
  },
  bytes: () => bytesIn(data),
});
