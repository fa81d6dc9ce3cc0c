import type { Tally } from './aggregates.ts';
import type { Key } from './key.ts';

/** A group of rows, or a part of one. */
export interface Group extends Key {
  /** The number of its rows. */
  n: number;
  /** One per aggregate other than COUNT. */
  readonly tallies: readonly Tally[];
}

/** Port: merges parts that have the same key to groups. Gets values only, never a text of a query. */
export interface Relations {
  /** Merges one batch. The caller must not use `parts` afterwards. */
  group(parts: readonly Group[]): readonly Group[];
}
