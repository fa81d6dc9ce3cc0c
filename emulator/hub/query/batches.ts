import type { Value } from './ast.ts';
import type { Groups } from './groups.ts';
import type { Key } from './key.ts';
import type { Relations } from './relations.ts';
import { SHARDS, shardOf } from './shards.ts';

/** Rows grouped at once: at most as many groups, in about a millisecond. Each batch also costs 3 KB of garbage. */
const BATCH = 1024;

/** A `GroupInput` that is filled again and again. */
interface ReusedInput {
  tag: string;
  cells: readonly Value[];
  readonly inputs: Value[];
}

interface Batch {
  readonly rows: ReusedInput[];
  filled: number;
}

/** Batches of the last query, reused: otherwise each query allocates about 7 MB of short-lived objects. */
let spare: readonly Batch[] | undefined;

/**
 * Room: collects rows into batches and groups each batch. Rows are distributed by key, so that a batch has few groups: a
 * group costs as much as ten rows. The objects of a batch are reused, since a new one per row would keep the garbage
 * collector busy.
 */
export class Batches {
  readonly #relations: Relations;
  readonly #groups: Groups;
  readonly #batches: readonly Batch[];

  constructor(relations: Relations, groups: Groups) {
    this.#relations = relations;
    this.#groups = groups;
    this.#batches = spare ?? Array.from({ length: SHARDS }, () => ({ rows: [], filled: 0 }));
    spare = undefined;
  }

  /** Adds a row: its key, and the values that the aggregates read from it. */
  add<R>({ tag, cells }: Key, inputs: readonly ((row: R) => Value)[], row: R): void {
    const batch = this.#batches[shardOf(tag)];
    if (batch === undefined) return;
    batch.rows[batch.filled] ??= { tag, cells, inputs: [] };
    const input = batch.rows[batch.filled++];
    if (input === undefined) return;
    input.tag = tag;
    input.cells = cells;
    input.inputs.length = inputs.length; // the previous query may have had more
    for (let i = 0; i < inputs.length; i++) input.inputs[i] = inputs[i]?.(row);
    if (batch.filled === BATCH) this.#flush(batch);
  }

  /** Groups the rows that are left; yields between batches. No row may be added afterwards. */
  *end(): Generator<void, void> {
    for (const batch of this.#batches) {
      if (batch.filled === 0) continue;
      this.#flush(batch);
      yield;
    }
    spare = this.#batches;
  }

  #flush(batch: Batch): void {
    const { rows, filled } = batch;
    batch.filled = 0;
    for (const part of this.#relations.group(filled < rows.length ? rows.slice(0, filled) : rows))
      this.#groups.add(part);
  }
}
