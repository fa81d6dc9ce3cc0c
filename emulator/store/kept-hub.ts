import type { Hub } from '../hub/hub.ts';
import type { Snapshot } from '../hub/snapshots/snapshot.ts';
import type { Snapshots } from '../hub/snapshots/snapshots.ts';
import type { Log } from '../log.ts';
import { type KeptLog, NO_LOG } from './change-log.ts';
import { DamagedFolder, leaveDataFolder, openDataFolder } from './data-folder.ts';
import type { Durability } from './durability.ts';
import { isFilled } from './format.ts';
import { fullCopy } from './full-copy.ts';
import { Keeper } from './keeper.ts';
import { readSnapshots } from './kept-snapshots.ts';
import { clearStore, type Progress, restoreHub } from './restore.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import { type Note, SEED } from './snapshot-texts.ts';
import { DataError, type StateStore } from './state-store.ts';

export interface KeptHubParts {
  readonly hub: Hub;
  readonly folder: string;
  readonly durability: Durability;
  readonly log: Log;
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/** What was in the folder besides the hub. */
export interface Found {
  readonly seed: Snapshot | undefined;
  readonly named: ReadonlyMap<string, Snapshot>;
}

/** What goes on from where it was. */
interface Loaded {
  readonly found: Found | undefined;
  readonly log: KeptLog;
  readonly notes: ReadonlyMap<string, Note>;
}

/** A hub in a data folder, from its start to its end. */
export class KeptHub {
  readonly keeper: Keeper;
  /** Undefined if the folder was empty. */
  readonly found: Found | undefined;
  readonly #parts: KeptHubParts;
  readonly #store: StateStore;
  readonly #snapshots: SnapshotKeeper;

  private constructor(parts: KeptHubParts, store: StateStore, { found, log, notes }: Loaded) {
    this.#parts = parts;
    this.#store = store;
    this.found = found;
    this.keeper = new Keeper({ ...parts, store, kept: log });
    this.#snapshots = new SnapshotKeeper({ keeper: this.keeper, changes: parts.hub.changes, log: parts.log }, notes);
  }

  /** Opens the folder and fills the hub with what is in it. Throws DataError. */
  static async open(parts: KeptHubParts): Promise<KeptHub> {
    const store = await openDataFolder(parts.folder);
    try {
      return new KeptHub(parts, store, await load(parts, store));
    } catch (error) {
      await store.close();
      leaveDataFolder(parts.folder);
      throw error instanceof DataError
        ? error
        : new DamagedFolder(parts.folder, error instanceof Error ? error.message : String(error));
    }
  }

  /** Keeps the hub and its snapshots from now on. A hub that was found goes on. */
  async start(snapshots: Snapshots): Promise<void> {
    const { hub } = this.#parts;
    await this.keeper.start(async () => {
      if (this.found === undefined) await fullCopy(hub, this.#store);
    });
    this.#snapshots.watch(snapshots);
    if (this.found !== undefined) hub.resume();
    if (this.found?.seed === undefined) this.#snapshots.keep(SEED, snapshots.seed);
  }

  async close(): Promise<void> {
    this.#parts.hub.usage.flush();
    await this.keeper.close();
    leaveDataFolder(this.#parts.folder);
  }
}

const load = async ({ hub, progress }: KeptHubParts, store: StateStore): Promise<Loaded> => {
  if (!(await isFilled(store))) {
    await clearStore(store);
    return { found: undefined, log: NO_LOG, notes: new Map() };
  }
  const log = await restoreHub(hub, store, progress);
  const { notes, snapshots } = await readSnapshots(hub, store);
  const named = new Map(snapshots);
  const seed = named.get(SEED);
  named.delete(SEED);
  return { found: { seed, named }, log, notes };
};
