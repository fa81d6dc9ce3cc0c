import type { Aggregate, Scalar, Value } from './ast.ts';
import { isScalar } from './compare.ts';

/** What AVG, SUM, MIN and MAX need to know of the values of one path. Two tallies can be added. */
export interface Tally {
  /** How many numbers there were. */
  count: number;
  sum: number;
  /** Whether there was something other than a number. */
  hasNonNumber: boolean;
  min: Scalar | undefined;
  max: Scalar | undefined;
  /** Whether there was an object or an array, which have no order. */
  hasUnordered: boolean;
}

export const newTally = (): Tally => ({
  count: 0,
  sum: 0,
  hasNonNumber: false,
  min: undefined,
  max: undefined,
  hasUnordered: false,
});

/** Adds a value; a missing one changes nothing. */
export const addValue = (tally: Tally, value: Value): void => {
  if (value === undefined) return;
  if (typeof value === 'number') {
    tally.count++;
    tally.sum += value;
  } else tally.hasNonNumber = true;
  updateBounds(tally, value);
};

/** Adds the values of other tallies, of the same aggregates. */
export const addTallies = (tallies: readonly Tally[], others: readonly Tally[]): void => {
  for (let i = 0; i < tallies.length; i++) {
    const [tally, other] = [tallies[i], others[i]];
    if (tally !== undefined && other !== undefined) addTally(tally, other);
  }
};

const addTally = (tally: Tally, other: Tally): void => {
  tally.count += other.count;
  tally.sum += other.sum;
  tally.hasNonNumber ||= other.hasNonNumber;
  tally.hasUnordered ||= other.hasUnordered;
  updateBounds(tally, other.min);
  updateBounds(tally, other.max);
};

/** The result of an aggregate. UNCERTAIN: as in Cosmos DB, a value that is not a number makes SUM and AVG undefined. */
export const resultOf = (aggregate: Aggregate, tally: Tally): Value => {
  switch (aggregate) {
    case 'sum':
      return tally.hasNonNumber || tally.count === 0 ? undefined : tally.sum;
    case 'avg':
      return tally.hasNonNumber || tally.count === 0 ? undefined : tally.sum / tally.count;
    case 'min':
      return tally.hasUnordered ? undefined : tally.min;
    case 'max':
      return tally.hasUnordered ? undefined : tally.max;
    default:
      return aggregate satisfies never;
  }
};

/**
 * UNCERTAIN: as in Cosmos DB, types are ordered before values, and an object or an array makes the result undefined.
 * https://learn.microsoft.com/azure/cosmos-db/nosql/query/min
 */
const updateBounds = (tally: Tally, value: Value): void => {
  if (value === undefined) return;
  if (!isScalar(value)) {
    tally.hasUnordered = true;
    return;
  }
  if (tally.min === undefined || isLess(value, tally.min)) tally.min = value;
  if (tally.max === undefined || isLess(tally.max, value)) tally.max = value;
};

const isLess = (a: Scalar, b: Scalar): boolean => {
  if (a === null || b === null) return a === null && b !== null;
  return typeof a === typeof b ? a < b : TYPES.indexOf(typeof a) < TYPES.indexOf(typeof b);
};

/** In ascending order; null is below all of them. */
const TYPES: readonly string[] = ['boolean', 'number', 'string'];
