import type { Fold, Value } from './ast.ts';

/** What AVG, SUM, MIN and MAX know of one path so far; two of them can be added. */
export interface Tally {
  /** Numbers met. */
  count: number;
  sum: number;
  /** Something other than a number was met. */
  unsound: boolean;
  least: string | number | boolean | undefined;
  most: string | number | boolean | undefined;
  /** Values that cannot be ranked with each other were met. */
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

/**
 * The aggregate of `rows` rows. UNCERTAIN: a non-number makes SUM and AVG undefined, mixed types make MIN and MAX
 * undefined, as in Cosmos.
 */
export const resultOf = (fold: Fold, tally: Tally, rows: number): Value => {
  switch (fold) {
    case 'count':
      return rows;
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

const rank = (tally: Tally, value: Value): void => {
  if (value === undefined) return;
  if (value === null || typeof value === 'object') {
    tally.unranked = true;
    return;
  }
  const { least, most } = tally;
  if (least === undefined || most === undefined) {
    tally.least = value;
    tally.most = value;
  } else if (typeof least !== typeof value) tally.unranked = true;
  else if (value < least) tally.least = value;
  else if (value > most) tally.most = value;
};
