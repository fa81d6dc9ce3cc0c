import type { HubChange, HubChanges } from '../hub/changes.ts';
import type { Snapshot } from '../hub/snapshots/snapshot.ts';
import type { Snapshots } from '../hub/snapshots/snapshots.ts';
import type { Row, StoreCopy } from '../kernel/store.ts';
import type { Keeper } from './keeper.ts';
import { readWhole } from './kept-snapshots.ts';
import { textOfRow } from './row-text.ts';
import { chunkText, keyOfChunk, keyOfNote, type Note, PORTION, SEED } from './snapshot-texts.ts';

/** Keeps the snapshots of a hub from their beginning or, with their notes, from now on. */
export class SnapshotKeeper {
  readonly #keeper: Keeper;
  readonly #changes: HubChanges;
  readonly #notes: Map<string, Note>;

  constructor(keeper: Keeper, changes: HubChanges, notes: ReadonlyMap<string, Note> = new Map()) {
    this.#keeper = keeper;
    this.#changes = changes;
    this.#notes = new Map(notes);
  }

  /** Keeps those that are taken from now on. */
  watch(snapshots: Snapshots): void {
    snapshots.watch((name = SEED, { before, after }) => {
      if (before !== undefined) readWhole(before);
      this.keep(name, after);
    });
    this.#keeper.onEmptied(() => {
      this.keep(SEED, snapshots.seed);
      for (const { name } of snapshots.list()) this.keep(name, snapshots.get(name));
    });
  }

  /** Without a snapshot, that of the name is removed. */
  keep(name: string, snapshot: Snapshot | undefined): void {
    this.#remove(name);
    if (snapshot === undefined) return;
    const spaces: Record<string, [rows: number, chunks: number]> = {};
    for (const [space, copy] of Object.entries<StoreCopy<unknown>>(snapshot.spaces)) {
      let chunks = 0;
      for (const rows of portions(copy))
        this.#keeper.keep(keyOfChunk(name, space, chunks++), () => this.#text(space, rows));
      spaces[space] = [copy.size, chunks];
    }
    const note: Note = { at: snapshot.at, spaces };
    this.#notes.set(name, note);
    this.#keeper.keep(keyOfNote(name), JSON.stringify(note));
  }

  #remove(name: string): void {
    for (const [space, [, chunks]] of Object.entries(this.#notes.get(name)?.spaces ?? {}))
      for (let number = 0; number < chunks; number++) this.#keeper.keep(keyOfChunk(name, space, number), undefined);
    if (this.#notes.delete(name)) this.#keeper.keep(keyOfNote(name), undefined);
  }

  #text(space: string, rows: readonly Row<unknown>[]): string {
    return chunkText(
      rows.map((row) => ({ key: row.key, text: textOfRow(this.#changes, { ...row, space } as HubChange) ?? '' })), // of this space
    );
  }
}

function* portions<V>(copy: StoreCopy<V>): Generator<readonly Row<V>[]> {
  let rows: Row<V>[] = [];
  for (const row of copy.entries()) {
    rows.push(row);
    if (rows.length < PORTION) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}
