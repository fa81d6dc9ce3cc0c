import { addTallies, type Tally } from './aggregates.ts';
import type { Value } from './ast.ts';
import { ALL, keyOf } from './key.ts';
import type { Group } from './relations.ts';
import { newShards, partOf } from './shards.ts';

/** Groups created or sorted between two pauses: well under a millisecond. */
const SLICE = 1024;

/** The cells of a group and the number of its rows. */
export type Count = readonly [cells: readonly Value[], n: number];

/** Makes groups from counts alone; yields between slices. */
export function* groupsOf(counts: readonly Count[]): Generator<void, Groups> {
  const groups = new Groups();
  for (let from = 0; from < counts.length; from += SLICE) {
    addCounts(groups, counts.slice(from, from + SLICE));
    yield;
  }
  return groups;
}

/** A function of its own, since V8 runs loops in generators slowly. */
const addCounts = (groups: Groups, counts: readonly Count[]): void => {
  for (const [cells, n] of counts) {
    const { tag } = keyOf(cells);
    groups.add({ tag, cells, n, tallies: [] });
  }
};

/** A single group of all rows. */
export const oneGroup = (n: number, tallies: readonly Tally[] = []): Groups => {
  const groups = new Groups();
  groups.add({ tag: ALL.tag, cells: ALL.cells, n, tallies });
  return groups;
};

/** Room: the groups of a query, merged from those of its batches. */
export class Groups {
  readonly #shards = newShards<string, Group>();

  /** Adds a group of a batch. The caller must not use it afterwards. */
  add(part: Group): void {
    const shard = partOf(this.#shards, part.tag);
    const known = shard.get(part.tag);
    if (known === undefined) {
      shard.set(part.tag, part);
      return;
    }
    known.n += part.n;
    addTallies(known.tallies, part.tallies);
  }

  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.size, 0);
  }

  /** All groups, in lists short enough to be sorted in one step. */
  *parts(): Generator<readonly Group[]> {
    let part: Group[] = [];
    for (const shard of this.#shards)
      for (const group of shard.values()) {
        part.push(group);
        if (part.length < SLICE) continue;
        yield part;
        part = [];
      }
    yield part;
  }
}
