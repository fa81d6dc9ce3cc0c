import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderHistory, renderVersion } from '../../emulator/hub/history/history-document.ts';
import type { Hub } from '../../emulator/hub/hub.ts';
import { silentLog } from '../../emulator/log.ts';
import { fullCopy } from '../../emulator/store/full-copy.ts';
import { Keeper } from '../../emulator/store/keeper.ts';
import { restoreHub } from '../../emulator/store/restore.ts';
import { newHub } from '../support/hub/hub.ts';
import { type Step, writing } from '../support/hub/steps.ts';
import { runs } from '../support/runs.ts';
import { MemoryStore } from '../support/store/memory-store.ts';

const KEYS = ['a', 'b', 'c', 'a/m'];
const stock: readonly Step[] = ['a', 'b', 'c'].map(
  (deviceId): Step =>
    ({ hub }) =>
      hub.registry.create({ deviceId }, {}),
);
const steps = fc.array(writing, { maxLength: 60, size: 'max' });

const take = async (world: ReturnType<typeof newHub>, sequence: readonly Step[]): Promise<void> => {
  for (const step of sequence) {
    try {
      await step(world);
    } catch {
      // a refusal changes nothing
    }
    await new Promise((done) => setImmediate(done)); // a batch is written
  }
};

/** Every version of every id, and the twins as of each. */
const historyOf = (hub: Hub) =>
  KEYS.map((key) => {
    try {
      const versions = renderHistory(hub.history, key);
      return versions.map(({ version }) => renderVersion(hub.history, key, { number: version }));
    } catch {
      return undefined; // the device or module does not exist
    }
  });

const kept = async (history: number, before: readonly Step[], after: readonly Step[]) => {
  const world = newHub({ history });
  const store = new MemoryStore();
  const keeper = new Keeper({ hub: world.hub, store, durability: 'sync', log: silentLog, folder: 'data' });
  await take(world, [...stock, ...before]);
  await fullCopy(world.hub, store);
  await keeper.start();
  await take(world, after);
  await keeper.close();
  return { world, store };
};

test('a hub that is restored has every version, and goes on with them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(3, 100), steps, steps, steps, async (history, before, after, more) => {
      const { world, store } = await kept(history, before, after);
      const again = newHub({ history });
      await restoreHub(again.hub, new MemoryStore(store.rows));
      again.hub.resume();
      expect(historyOf(again.hub)).toEqual(historyOf(world.hub));
      world.hub.events.goOnAfter(again.hub.events.sequence);
      again.hub.events.goOnAfter(world.hub.events.sequence);
      again.clock.set(world.clock.now());
      await take(world, more);
      await take(again, more);
      expect(historyOf(again.hub)).toEqual(historyOf(world.hub));
    }),
    { numRuns: runs(40) },
  );
}, 120_000);
