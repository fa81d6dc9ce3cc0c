import type { Value } from './ast.ts';
import { type Tally, tallyTally } from './fold.ts';
import { ALL, keyOf } from './key.ts';
import type { Group } from './relations.ts';
import { newShards, partOf } from './shards.ts';

/** Groups made or sorted between two pauses: well under a millisecond. */
const SLICE = 1024;

/** A group's cells and how many rows have them. */
export type Count = readonly [cells: readonly Value[], n: number];

/** The groups that counts alone tell; yields between slices. */
export function* groupsOf(counts: readonly Count[]): Generator<void, Groups> {
  const groups = new Groups();
  for (let from = 0; from < counts.length; from += SLICE) {
    addCounts(groups, counts.slice(from, from + SLICE));
    yield;
  }
  return groups;
}

/** A function of its own, since V8 makes generators slow. */
const addCounts = (groups: Groups, counts: readonly Count[]): void => {
  for (const [cells, n] of counts) {
    const { tag } = keyOf(cells);
    groups.add({ tag, cells, n, tallies: [] });
  }
};

/** The one group of all rows. */
export const oneGroup = (n: number, tallies: readonly Tally[] = []): Groups => {
  const groups = new Groups();
  groups.add({ tag: ALL.tag, cells: ALL.cells, n, tallies });
  return groups;
};

/** Room: the groups of a query, added up from those of its batches. */
export class Groups {
  readonly #shards = newShards<string, Group>();

  /** Takes in a group of a batch, which is then no longer the caller's. */
  add(part: Group): void {
    const shard = partOf(this.#shards, part.tag);
    const known = shard.get(part.tag);
    if (known === undefined) {
      shard.set(part.tag, part);
      return;
    }
    known.n += part.n;
    for (let i = 0; i < known.tallies.length; i++) {
      const [tally, other] = [known.tallies[i], part.tallies[i]];
      if (tally !== undefined && other !== undefined) tallyTally(tally, other);
    }
  }

  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.size, 0);
  }

  /** All groups, in lists short enough to be sorted at once. */
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
