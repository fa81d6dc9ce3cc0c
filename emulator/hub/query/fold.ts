import type { Fold, Scalar, Value } from './ast.ts';
import { isScalar } from './compare.ts';

/** What AVG, SUM, MIN and MAX know of one path so far; two of them can be added. */
export interface Tally {
  /** Numbers met. */
  count: number;
  sum: number;
  /** Something other than a number was met. */
  unsound: boolean;
  least: Scalar | undefined;
  most: Scalar | undefined;
  /** An object or an array was met, which has no rank. */
  unranked: boolean;
}

export const newTally = (): Tally => ({
  count: 0,
  sum: 0,
  unsound: false,
  least: undefined,
  most: undefined,
  unranked: false,
});

/** Takes in one value; a missing one changes nothing. */
export const tallyValue = (tally: Tally, value: Value): void => {
  if (value === undefined) return;
  if (typeof value === 'number') {
    tally.count++;
    tally.sum += value;
  } else tally.unsound = true;
  rank(tally, value);
};

/** Takes in what another tally has met. */
export const tallyTally = (tally: Tally, other: Tally): void => {
  tally.count += other.count;
  tally.sum += other.sum;
  tally.unsound ||= other.unsound;
  tally.unranked ||= other.unranked;
  rank(tally, other.least);
  rank(tally, other.most);
};

/** What an aggregate makes of a tally. UNCERTAIN: as in Cosmos, a non-number makes SUM and AVG undefined. */
export const resultOf = (fold: Fold, tally: Tally): Value => {
  switch (fold) {
    case 'sum':
      return tally.unsound || tally.count === 0 ? undefined : tally.sum;
    case 'avg':
      return tally.unsound || tally.count === 0 ? undefined : tally.sum / tally.count;
    case 'min':
      return tally.unranked ? undefined : tally.least;
    case 'max':
      return tally.unranked ? undefined : tally.most;
    default:
      return fold satisfies never;
  }
};

/**
 * UNCERTAIN: as in Cosmos, types are ranked before values, and an object or an array leaves no result.
 * https://learn.microsoft.com/azure/cosmos-db/nosql/query/min
 */
const rank = (tally: Tally, value: Value): void => {
  if (value === undefined) return;
  if (!isScalar(value)) {
    tally.unranked = true;
    return;
  }
  if (tally.least === undefined || isBelow(value, tally.least)) tally.least = value;
  if (tally.most === undefined || isBelow(tally.most, value)) tally.most = value;
};

const isBelow = (a: Scalar, b: Scalar): boolean => {
  if (a === null || b === null) return a === null && b !== null;
  return typeof a === typeof b ? a < b : TYPES.indexOf(typeof a) < TYPES.indexOf(typeof b);
};

/** Lowest first, below all of them null. */
const TYPES: readonly string[] = ['boolean', 'number', 'string'];
