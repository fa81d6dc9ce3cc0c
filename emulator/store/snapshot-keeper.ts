import type { HubChange, HubChanges } from '../hub/changes.ts';
import type { Snapshot } from '../hub/snapshots/snapshot.ts';
import type { Snapshots } from '../hub/snapshots/snapshots.ts';
import type { Row, StoreCopy } from '../kernel/store.ts';
import type { Log } from '../log.ts';
import type { Keeper } from './keeper.ts';
import { readWhole } from './kept-snapshots.ts';
import { textOfRow } from './row-text.ts';
import { chunkText, keyOfChunk, keyOfNote, type Note, PORTION, SEED } from './snapshot-texts.ts';
import { reasonOf } from './state-store.ts';

interface SnapshotKeeperParts {
  readonly keeper: Keeper;
  readonly changes: HubChanges;
  readonly log: Log;
}

/** Keeps the snapshots of a hub from their beginning or, with their notes, from now on. */
export class SnapshotKeeper {
  readonly #keeper: Keeper;
  readonly #changes: HubChanges;
  readonly #log: Log;
  readonly #notes: Map<string, Note>;

  constructor({ keeper, changes, log }: SnapshotKeeperParts, notes: ReadonlyMap<string, Note> = new Map()) {
    this.#keeper = keeper;
    this.#changes = changes;
    this.#log = log;
    this.#notes = new Map(notes);
  }

  /** Keeps those that are taken from now on. */
  watch(snapshots: Snapshots): void {
    snapshots.watch((name = SEED, { before, after }) => {
      if (before !== undefined) readWhole(before);
      this.keep(name, after);
    });
    const all = (): [name: string, snapshot: Snapshot][] => [
      [SEED, snapshots.seed],
      ...snapshots.list().map(({ name }): [string, Snapshot] => [name, snapshots.get(name)]),
    ];
    this.#keeper.watchRemoval({
      read: () => {
        for (const [, snapshot] of all()) readWhole(snapshot);
      },
      keepAgain: () => {
        for (const [name, snapshot] of all()) this.#keepAgain(name, snapshot);
      },
    });
  }

  /** Without a snapshot, that of the name is removed. */
  keep(name: string, snapshot: Snapshot | undefined): void {
    const copies = Object.entries<StoreCopy<unknown>>(snapshot?.spaces ?? {});
    const read = copies.map(([space, copy]) => ({ space, size: copy.size, chunks: [...portions(copy)] })); // may fail
    this.#remove(name);
    if (snapshot === undefined) return;
    const spaces: Record<string, [rows: number, chunks: number]> = {};
    for (const { space, size, chunks } of read) {
      for (const [number, rows] of chunks.entries())
        this.#keeper.keep(keyOfChunk(name, space, number), () => this.#text(space, rows));
      spaces[space] = [size, chunks.length];
    }
    const note: Note = { at: snapshot.at, spaces };
    this.#notes.set(name, note);
    this.#keeper.keep(keyOfNote(name), JSON.stringify(note));
  }

  #keepAgain(name: string, snapshot: Snapshot): void {
    try {
      this.keep(name, snapshot);
    } catch (error) {
      this.#notes.delete(name);
      this.#log.warn(`Lost ${name === SEED ? 'what reset goes back to' : `the snapshot ${name}`}`, {
        cause: `its rows went with the data folder: ${reasonOf(error)}`,
        remedy: 'take another one',
      });
    }
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
