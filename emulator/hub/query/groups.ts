import type { Value } from './ast.ts';
import { type Tally, tallyTally } from './fold.ts';
import { ALL, keyOf } from './key.ts';
import type { Group } from './relations.ts';
import { newShards, partOf } from './shards.ts';

/** Groups made between two pauses. */
const SLICE = 1024;

/** A group's cells and how many rows have them. */
export type Count = readonly [cells: readonly Value[], n: number];

/** The groups that counts alone tell; yields between slices. */
export function* groupsOf(counts: readonly Count[]): Generator<void, Groups> {
  const groups = new Groups();
  for (const [i, [cells, n]] of counts.entries()) {
    groups.add({ ...keyOf(cells), n, tallies: [] });
    if (i % SLICE === SLICE - 1) yield;
  }
  return groups;
}

/** The one group of all rows. */
export const oneGroup = (n: number, tallies: readonly Tally[] = []): Groups => {
  const groups = new Groups();
  groups.add({ ...ALL, n, tallies });
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
  *parts(): Generator<Group[]> {
    for (const shard of this.#shards) if (shard.size > 0) yield [...shard.values()];
  }
}
