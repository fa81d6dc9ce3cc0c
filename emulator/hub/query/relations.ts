import type { Tally } from './aggregates.ts';
import type { Value } from './ast.ts';
import type { Key } from './key.ts';

/** What is needed of a row to group it. */
export interface GroupInput extends Key {
  /** The values that the aggregates other than COUNT read, one per aggregate. */
  readonly inputs: readonly Value[];
}

/** A group of rows. */
export interface Group extends Key {
  /** The number of its rows. */
  n: number;
  /** One per aggregate other than COUNT. */
  readonly tallies: readonly Tally[];
}

/** Port: groups rows that match a condition. Gets values only, never a text of a query. */
export interface Relations {
  /** Groups one batch. Must keep none of `rows`, which are reused for the next batch. */
  group(rows: readonly GroupInput[]): readonly Group[];
}
