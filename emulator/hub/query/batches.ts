import type { Value } from './ast.ts';
import type { Groups } from './groups.ts';
import type { Key } from './key.ts';
import type { Relations } from './relations.ts';
import { SHARDS, shardOf } from './shards.ts';

/** Rows handed over at once: as many groups at most, in about a millisecond; each time costs 3 KB of garbage as well. */
const BATCH = 1024;

interface Draft {
  tag: string;
  cells: readonly Value[];
  readonly inputs: Value[];
}

interface Batch {
  readonly facts: Draft[];
  filled: number;
}

/** Those of the query that ended last, for the next one: else seven megabytes a query are copied about as young objects. */
let spare: readonly Batch[] | undefined;

/**
 * Room: rows on their way into groups. They are dealt out by their keys, so that few groups meet in a batch, since
 * each of those costs as much as ten rows; and the same facts are used again for every batch, since a new one for each
 * row would keep the garbage collector busy.
 */
export class Batches {
  readonly #relations: Relations;
  readonly #groups: Groups;
  readonly #batches: readonly Batch[];

  constructor(relations: Relations, groups: Groups) {
    this.#relations = relations;
    this.#groups = groups;
    this.#batches = spare ?? Array.from({ length: SHARDS }, () => ({ facts: [], filled: 0 }));
    spare = undefined;
  }

  /** Takes in one row: its key and what the tallies read in it. */
  add<R>({ tag, cells }: Key, inputs: readonly ((row: R) => Value)[], row: R): void {
    const batch = this.#batches[shardOf(tag)];
    if (batch === undefined) return;
    batch.facts[batch.filled] ??= { tag, cells, inputs: [] };
    const fact = batch.facts[batch.filled++];
    if (fact === undefined) return;
    fact.tag = tag;
    fact.cells = cells;
    fact.inputs.length = inputs.length; // the query before may have had more
    for (let i = 0; i < inputs.length; i++) fact.inputs[i] = inputs[i]?.(row);
    if (batch.filled === BATCH) this.#flush(batch);
  }

  /** Hands over what is left; yields in between. Nothing may be added afterwards. */
  *end(): Generator<void, void> {
    for (const batch of this.#batches) {
      if (batch.filled === 0) continue;
      this.#flush(batch);
      yield;
    }
    spare = this.#batches;
  }

  #flush(batch: Batch): void {
    const { facts, filled } = batch;
    batch.filled = 0;
    for (const part of this.#relations.group(filled < facts.length ? facts.slice(0, filled) : facts))
      this.#groups.add(part);
  }
}
