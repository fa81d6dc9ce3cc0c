import type { HubChange, HubChanges, HubSpaces } from '../hub/changes.ts';
import type { Hub } from '../hub/hub.ts';
import type { Snapshot, SnapshotSpaces } from '../hub/snapshots/snapshot.ts';
import { copyOf } from '../kernel/state-map.ts';
import type { Row, StoreCopy } from '../kernel/store.ts';
import { Table } from '../kernel/table.ts';
import { rowsOf } from './kept-rows.ts';
import { rowFrom, STATE } from './row-text.ts';
import { prefixOf, readNote, SNAPSHOTS } from './snapshot-rows.ts';
import type { KeptRow, StateStore } from './state-store.ts';

/** How many rows are loaded. */
export interface Progress {
  readonly loaded: number;
  readonly total: number;
}

/** Fills a new hub with the rows of a store; call `hub.resume()` then. Throws an Error for a row that cannot be read. */
export const restoreHub = async (
  { changes }: Pick<Hub, 'changes'>,
  store: StateStore,
  progress: (progress: Progress) => void = () => {},
): Promise<void> => {
  // rows that every hub has from the start, which may have been removed since
  for (const row of [...changes.entries()]) changes.load({ ...row, value: undefined });
  const total = await store.count(STATE);
  let loaded = 0;
  for await (const rows of rowsOf(store)) {
    for (const row of rows) {
      changes.load(rowFrom(changes, row));
      loaded += 1 + row.deltas.length;
    }
    progress({ loaded, total });
  }
};

/** The snapshots in a store, by name. Their rows are parsed when they are needed, which is seldom. */
export const restoreSnapshots = async (
  { changes }: Pick<Hub, 'changes'>,
  store: StateStore,
): Promise<ReadonlyMap<string, Snapshot>> => {
  const found = new Map<string, Snapshot>();
  for await (const notes of store.scan(SNAPSHOTS))
    for (const { key, text } of notes) {
      const { name, at, spaces } = readNote(key, text);
      const copies: Record<string, StoreCopy<unknown>> = {};
      for (const space of spaces) copies[space] = await copyIn(store, changes, { prefix: prefixOf(name), space });
      found.set(name, { version: 1, at, spaces: copies as unknown as SnapshotSpaces }); // as it was written
    }
  return found;
};

/** The rows of a space of a snapshot. */
const copyIn = async (
  store: StateStore,
  changes: HubChanges,
  { prefix, space }: { readonly prefix: string; readonly space: string },
): Promise<StoreCopy<unknown>> => {
  const texts: KeptRow[] = [];
  for await (const portion of store.scan(`${prefix}${space}\0`)) texts.push(...portion);
  let parsed: StoreCopy<unknown> | undefined;
  const copy = (): StoreCopy<unknown> => {
    parsed ??= copyFor(
      space,
      texts.splice(0).map((row) => rowFrom(changes, { ...row, deltas: [] }, prefix)),
    );
    return parsed;
  };
  return { size: texts.length, find: (key) => copy().find(key), entries: () => copy().entries() };
};

const copyFor = (space: string, changes: readonly HubChange[]): StoreCopy<unknown> => {
  const rows: Row<unknown>[] = changes.map(({ key, value, place }) => ({ key, value, place }));
  if (TABLES.has(space)) return Table.of(copyOf(rows));
  return copyOf(rows.sort((a, b) => (a.place ?? 0) - (b.place ?? 0)));
};

/** Spaces that are looked up by key, and large. */
const TABLES: ReadonlySet<string> = new Set<keyof HubSpaces>(['devices', 'modules', 'job-rows']);

/** Removes all rows, of a start that was interrupted. */
export const clearStore = async (store: StateStore): Promise<void> => {
  for (const prefix of [STATE, SNAPSHOTS, 'snapshot\0'])
    for await (const rows of store.scan(prefix))
      await store.write(
        rows.map(({ key }) => ({ key, text: undefined })),
        false,
      );
};
