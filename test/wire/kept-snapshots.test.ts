import { expect, test } from 'vitest';
import { Snapshots } from '../../emulator/hub/snapshots/snapshots.ts';
import { Keeper } from '../../emulator/store/keeper.ts';
import { readSnapshots } from '../../emulator/store/kept-snapshots.ts';
import { SnapshotKeeper } from '../../emulator/store/snapshot-keeper.ts';
import { CHUNKS } from '../../emulator/store/snapshot-texts.ts';
import { newHub } from '../support/hub/hub.ts';
import { MemoryStore } from '../support/store/memory-store.ts';
import { someTurns } from '../support/store/slow-store.ts';
import { listeningLog } from '../support/wire/rest-client.ts';

/** A hub with a device, and snapshots that a store has or will have. */
const keep = async (store = new MemoryStore()) => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const { log, lines } = listeningLog();
  const { notes, snapshots: kept } = await readSnapshots(hub, store);
  const named = new Map(kept);
  const seed = named.get('');
  named.delete('');
  const keeper = new Keeper({ hub, store, durability: 'sync', log, folder: 'data', retryMs: 1 });
  await keeper.start();
  const snapshots = new Snapshots(hub, seed, named);
  new SnapshotKeeper({ keeper, changes: hub.changes, log }, notes).watch(snapshots);
  const warnings = () => lines.filter(({ level }) => level === 'warn').map(({ text }) => text);
  return { hub, store, keeper, snapshots, warnings };
};

type World = Awaited<ReturnType<typeof keep>>;

const fail = async ({ hub, store, keeper }: World, failure: Error): Promise<void> => {
  store.failure = failure;
  hub.registry.create({ deviceId: 'd2' }, {});
  await expect.poll(() => keeper.refusal?.code).toBe('ServiceUnavailable');
};

const recover = async ({ store, keeper }: World): Promise<void> => {
  store.failure = undefined;
  await expect.poll(() => keeper.refusal).toBe(undefined);
};

const remove = async (world: World): Promise<void> => {
  await fail(world, new Error('data was removed'));
  world.store.isRemoved = true;
  await recover(world);
};

/** With how many devices each has. */
const snapshotsIn = async ({ hub }: World, store: MemoryStore) =>
  Array.from((await readSnapshots(hub, store)).snapshots, ([name, { spaces }]) => [name, spaces.devices.size]);

/** A store with what `reset` goes back to and a snapshot, whose rows are read when they are needed. */
const storeWithSnapshots = async (): Promise<MemoryStore> => {
  const { keeper, snapshots, store } = await keep();
  snapshots.seal();
  snapshots.take('one');
  await keeper.close();
  return store;
};

test('a snapshot that cannot be kept at once is kept later, as a whole', async () => {
  const world = await keep();
  await fail(world, new Error('No space left on device'));
  world.snapshots.take('one');
  await recover(world);
  expect(await snapshotsIn(world, world.store)).toEqual([['one', 1]]);
});

test('snapshots of a folder that was removed are written again', async () => {
  const world = await keep();
  world.snapshots.take('one');
  await someTurns();
  await remove(world);
  expect(await snapshotsIn(world, world.store)).toEqual([
    ['', 1],
    ['one', 1],
  ]);
});

test('so are those of before a restart, as long as LevelDB has their files open', async () => {
  const world = await keep(await storeWithSnapshots());
  await remove(world);
  expect(await snapshotsIn(world, world.store)).toEqual([
    ['', 1],
    ['one', 1],
  ]);
  expect(world.warnings()).toEqual(['Stopped taking writes']);
});

test('of a folder that was removed, snapshots that cannot be read any more are named, and writes go on', async () => {
  const rows = [...(await storeWithSnapshots()).rows].filter(([key]) => !key.startsWith(CHUNKS));
  const world = await keep(new MemoryStore(new Map(rows)));
  await remove(world);
  expect(world.warnings()).toEqual(['Stopped taking writes', 'Lost what reset goes back to', 'Lost the snapshot one']);
  expect(await snapshotsIn(world, world.store)).toEqual([]);
  world.snapshots.take('one');
  await someTurns();
  expect(await snapshotsIn(world, world.store)).toEqual([['one', 1]]);
});

test('a reset to what cannot be read changes nothing', async () => {
  const rows = [...(await storeWithSnapshots()).rows].filter(([key]) => !key.startsWith(CHUNKS));
  const { hub, snapshots } = await keep(new MemoryStore(new Map(rows)));
  hub.faults.add({ id: 'slow', match: { path: '/statistics/*' }, effect: { type: 'delay', ms: 1 } });
  expect(() => snapshots.reset()).toThrow('The snapshot cannot be read');
  expect(hub.faults.list().map(({ id }) => id)).toEqual(['slow']);
});
