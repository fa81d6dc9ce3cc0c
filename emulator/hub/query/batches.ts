import type { Groups } from './groups.ts';
import type { Group, Relations } from './relations.ts';
import { SHARDS, shardOf } from './shards.ts';

/** Parts merged at once: at most as many groups, in about a millisecond. Each batch also costs 3 KB of garbage. */
const BATCH = 1024;

/**
 * Room: collects parts of groups into batches and merges each batch. Parts are distributed by key, so that a batch has few
 * groups: a group costs as much as ten parts.
 */
export class Batches {
  readonly #relations: Relations;
  readonly #groups: Groups;
  readonly #batches: Group[][] = Array.from({ length: SHARDS }, () => []);

  constructor(relations: Relations, groups: Groups) {
    this.#relations = relations;
    this.#groups = groups;
  }

  /** Adds a part of a group. The caller must not use it afterwards. */
  add(part: Group): void {
    const batch = this.#batches[shardOf(part.tag)];
    if (batch?.push(part) === BATCH) this.#flush(batch);
  }

  /** Merges the parts that are left; yields between batches. No part may be added afterwards. */
  *end(): Generator<void, void> {
    for (const batch of this.#batches) {
      if (batch.length === 0) continue;
      this.#flush(batch);
      yield;
    }
  }

  #flush(batch: Group[]): void {
    for (const part of this.#relations.group(batch.splice(0))) this.#groups.add(part);
  }
}
