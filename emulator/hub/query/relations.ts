import type { Value } from './ast.ts';
import type { Tally } from './fold.ts';
import type { Key } from './key.ts';

/** A row on its way into a group. */
export interface Fact extends Key {
  /** What the aggregates other than COUNT read, one for each. */
  readonly inputs: readonly Value[];
}

/** A group so far. */
export interface Group extends Key {
  /** Rows in it. */
  n: number;
  /** One per aggregate other than COUNT. */
  readonly tallies: readonly Tally[];
}

/** Port: the relational executor. Gets rows that a condition kept; never text. */
export interface Relations {
  /** Groups one batch of rows; keeps none of the facts, which are filled anew for the next one. */
  group(facts: readonly Fact[]): readonly Group[];
}
