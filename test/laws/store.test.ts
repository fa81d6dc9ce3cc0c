import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BlobTransfer } from '../../emulator/hub/import-export/import-export-jobs.ts';
import { exportFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { silentLog } from '../../emulator/log.ts';
import { fullCopy } from '../../emulator/store/full-copy.ts';
import { Keeper } from '../../emulator/store/keeper.ts';
import { restoreHub } from '../../emulator/store/restore.ts';
import { newHub } from '../support/hub/hub.ts';
import { rowsOf } from '../support/hub/mirror.ts';
import { type Step, writing } from '../support/hub/steps.ts';
import { anything } from '../support/hub/steps-of-operators.ts';
import { runs } from '../support/runs.ts';
import { MemoryStore } from '../support/store/memory-store.ts';

const blobTransfer: BlobTransfer = { check: () => Promise.resolve(), transfer: () => () => {} };
const newWorld = () => newHub({ blobTransfer });
type World = ReturnType<typeof newWorld>;

const stock: readonly Step[] = ['a', 'b', 'c'].map(
  (deviceId): Step =>
    ({ hub }) =>
      hub.registry.create({ deviceId }, {}),
);
const steps = fc.array(anything, { maxLength: 40, size: 'max' }).map((sequence) => [...stock, ...sequence]);

const take = async (world: World, step: Step): Promise<void> => {
  try {
    await step(world);
  } catch {
    // a refusal changes nothing, or is told
  }
};

/** One turn of the event loop: a batch is written. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

const keeping = async (world: World) => {
  const store = new MemoryStore();
  const rest = { durability: 'sync', log: silentLog, folder: 'data', mostLog: 300 } as const;
  const keeper = new Keeper({ hub: world.hub, store, ...rest });
  await fullCopy(world.hub, store);
  await keeper.start();
  return { store, keeper };
};

const restored = async (rows: ReadonlyMap<string, string>) => {
  const { hub } = newWorld();
  await restoreHub(hub, new MemoryStore(rows));
  return hub;
};

test('a hub that is restored from any batch equals the hub as it was then, row for row', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat({ max: 4 }), { minLength: 45, maxLength: 45 }), async (sequence, sizes) => {
      const world = newWorld();
      const { store, keeper } = await keeping(world);
      const moments = [rowsOf(world.hub)];
      const fleets = [exportFleet(world.hub)];
      let left = 0;
      for (const [index, step] of sequence.entries()) {
        await take(world, step);
        if (left-- > 0) continue;
        left = sizes[index] ?? 0; // steps in the next batch
        const before = store.borders.length;
        const [rows, fleet] = [rowsOf(world.hub), exportFleet(world.hub)];
        await turn();
        await turn();
        if (store.borders.length === before) continue;
        moments.push(rows);
        fleets.push(fleet);
      }
      await keeper.close();
      for (const [index, rows] of moments.entries()) {
        const hub = await restored(store.borders[index] ?? new Map());
        expect(rowsOf(hub)).toEqual(rows);
        expect(exportFleet(hub)).toEqual(fleets[index]);
      }
    }),
    { numRuns: runs(60) },
  );
}, 240_000);

test('a batch that fails takes the hub back to what is kept: it equals a hub that is restored from it', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(writing, { maxLength: 40, size: 'max' }), async (before, lost) => {
      const world = newWorld();
      const { store, keeper } = await keeping(world);
      for (const step of before) await take(world, step);
      for (const session of [...world.hub.sessions.live()]) world.hub.sessions.drop(session.key, 'lost');
      await turn();
      await turn();
      const kept = await restored(store.rows);
      kept.resume();
      store.failure = new Error('no space left on device');
      for (const step of lost) await take(world, step);
      await turn();
      await turn();
      if (keeper.refusal === undefined) return; // nothing was changed
      expect(rowsOf(world.hub)).toEqual(rowsOf(kept));
      store.failure = undefined;
      await keeper.close();
      const { hub } = newWorld();
      await restoreHub(hub, new MemoryStore(store.rows));
      expect(rowsOf(hub)).toEqual(rowsOf(world.hub));
    }),
    { numRuns: runs(100) },
  );
}, 240_000);

test('the law notices a change that is not kept', async () => {
  const world = newWorld();
  world.hub.changes.space('devices').setListener = () => {};
  const { store } = await keeping(world);
  world.hub.registry.create({ deviceId: 'a' }, {});
  await turn();
  await turn();
  expect(rowsOf(await restored(store.rows))).not.toEqual(rowsOf(world.hub));
});
