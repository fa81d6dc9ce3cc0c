import type { Value } from './ast.ts';
import type { Tally } from './fold.ts';

/** A row on its way into a group. */
export interface Fact {
  /** The group's key; keys of different types are different texts, and none is a name that objects are born with. */
  readonly tag: string;
  /** The same key as values, one per GROUP BY path. */
  readonly cells: readonly Value[];
  /** What the aggregates read, one per aggregate. */
  readonly inputs: readonly Value[];
}

/** A group so far. */
export interface Group {
  readonly tag: string;
  readonly cells: readonly Value[];
  /** Rows in it. */
  readonly n: number;
  /** One per aggregate. */
  readonly tallies: readonly Tally[];
}

/** Port: the relational executor. Gets rows that a condition kept; never text. */
export interface Relations {
  /** Groups one slice of rows. */
  group(facts: readonly Fact[]): readonly Group[];
  /** Makes one group of those with the same tag. */
  merge(groups: readonly Group[]): readonly Group[];
}
