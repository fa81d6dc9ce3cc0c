import { HubError } from '../../protocol/errors.ts';
import type { HubChanges, HubSpaces } from '../hub/changes.ts';
import type { Hub } from '../hub/hub.ts';
import type { Snapshot, SnapshotSpaces } from '../hub/snapshots/snapshot.ts';
import { copyOf } from '../kernel/state-map.ts';
import type { Row, StoreCopy } from '../kernel/store.ts';
import { Table } from '../kernel/table.ts';
import { rowOf } from './row-text.ts';
import { keyOfChunk, type Note, readNote, rowsInChunk, SNAPSHOTS } from './snapshot-texts.ts';
import { reasonOf, type StateStore } from './state-store.ts';

/** The snapshots in a store, by name. */
export interface KeptSnapshots {
  readonly notes: ReadonlyMap<string, Note>;
  readonly snapshots: ReadonlyMap<string, Snapshot>;
}

/** Reads which snapshots there are. Their rows are read when they are needed, which is seldom. */
export const readSnapshots = async ({ changes }: Pick<Hub, 'changes'>, store: StateStore): Promise<KeptSnapshots> => {
  const notes = new Map<string, Note>();
  const snapshots = new Map<string, Snapshot>();
  for await (const portion of store.scan(SNAPSHOTS))
    for (const { key, text } of portion) {
      const { name, ...note } = readNote(key, text);
      const copies: Record<string, StoreCopy<unknown>> = {};
      for (const [space, [size, chunks]] of Object.entries(note.spaces)) {
        const keys = Array.from({ length: chunks }, (_, number) => keyOfChunk(name, space, number));
        copies[space] = new KeptCopy(size, () => read(changes, store, { space, keys }));
      }
      notes.set(name, note);
      snapshots.set(name, { version: 1, at: note.at, spaces: copies as unknown as SnapshotSpaces }); // as it was written
    }
  return { notes, snapshots };
};

/** Reads the rows of a snapshot, whose texts are about to be removed: a fork may still need them. */
export const readWhole = ({ spaces }: Snapshot): void => {
  for (const copy of Object.values<StoreCopy<unknown>>(spaces)) {
    if (!(copy instanceof KeptCopy)) continue;
    try {
      copy.load();
    } catch {
      // who needs it is told
    }
  }
};

/** Rows that are read when they are needed. */
class KeptCopy implements StoreCopy<unknown> {
  readonly size: number;
  readonly #read: () => StoreCopy<unknown>;
  #rows: StoreCopy<unknown> | undefined;

  constructor(size: number, read: () => StoreCopy<unknown>) {
    this.size = size;
    this.#read = read;
  }

  find(key: string): unknown {
    return this.#copy().find(key);
  }

  entries(): Iterable<Row<unknown>> {
    return this.#copy().entries();
  }

  /** Reads the rows now, before they are removed. */
  load(): void {
    this.#copy();
  }

  #copy(): StoreCopy<unknown> {
    this.#rows ??= this.#read();
    return this.#rows;
  }
}

const read = (
  changes: HubChanges,
  store: StateStore,
  { space, keys }: { readonly space: string; readonly keys: readonly string[] },
): StoreCopy<unknown> => {
  const rows: Row<unknown>[] = [];
  try {
    for (const chunk of keys)
      for (const [key, written] of rowsInChunk(store.readNow([chunk])[0]))
        rows.push(rowOf(changes, { space, key }, { written }));
  } catch (error) {
    throw new HubError(
      'GenericServerError',
      'The snapshot cannot be read: the data folder is damaged, or was removed.',
      {
        hint: reasonOf(error),
        remedy: 'take another one under its name, or repair the folder: iothub-emulator repair FOLDER',
      },
    );
  }
  if (TABLES.has(space)) return Table.of(copyOf(rows));
  return copyOf(rows.sort((a, b) => (a.place ?? 0) - (b.place ?? 0)));
};

/** Spaces that are looked up by key, and large. */
const TABLES: ReadonlySet<string> = new Set<keyof HubSpaces>(['devices', 'modules', 'job-rows']);
