import type { Comparison } from './ast.ts';

/** A value that ranges are made of. In their common order, all numbers come before all strings. */
export type Ordinal = number | string;

/** A place in the order of all values: just before or just after one of them. */
export interface Cut {
  readonly value: Ordinal;
  readonly isAfter: boolean;
}

/** The values between two places; undefined: without an end on that side. */
export interface Range {
  readonly from: Cut | undefined;
  readonly to: Cut | undefined;
}

/** Numbers by size, strings by UTF-16 code unit, as conditions compare them. */
export const isLess = (one: Ordinal, other: Ordinal): boolean =>
  typeof one === typeof other ? one < other : typeof one === 'number';

export const isBelow = (value: Ordinal, { value: at, isAfter }: Cut): boolean =>
  isAfter ? !isLess(at, value) : isLess(value, at);

/** The values for which `value op constant` is true: all of one type, as different types have no order in conditions. */
export const rangeOf = (op: Exclude<Comparison, '!='>, constant: Ordinal): Range => {
  const [lowest, highest] = typeof constant === 'number' ? [undefined, STRINGS] : [STRINGS, undefined];
  const [before, after] = [false, true].map((isAfter) => ({ value: constant, isAfter }));
  switch (op) {
    case '=':
      return { from: before, to: after };
    case '<':
      return { from: lowest, to: before };
    case '<=':
      return { from: lowest, to: after };
    case '>':
      return { from: after, to: highest };
    case '>=':
      return { from: before, to: highest };
    default:
      return op satisfies never;
  }
};

/** The strings that start with a text: up to the first string after all of them. */
export const startingWith = (text: string): Range => {
  const from = { value: text, isAfter: false };
  for (let i = text.length - 1; i >= 0; i--) {
    const unit = text.charCodeAt(i);
    if (unit === LAST_UNIT) continue;
    return { from, to: { value: text.slice(0, i) + String.fromCharCode(unit + 1), isAfter: false } };
  }
  return { from, to: undefined };
};

/** The values that are in both. */
export const intersection = (one: Range, other: Range): Range => ({
  from: choose(one.from, other.from, (a, b) => !isEarlier(a, b)),
  to: choose(one.to, other.to, isEarlier),
});

const LAST_UNIT = 0xffff;

/** Where strings begin. */
const STRINGS: Cut = { value: '', isAfter: false };

const isEarlier = (one: Cut, other: Cut): boolean =>
  isLess(one.value, other.value) || (one.value === other.value && !one.isAfter && other.isAfter);

const choose = (one: Cut | undefined, other: Cut | undefined, isBetter: (one: Cut, other: Cut) => boolean) =>
  one === undefined || (other !== undefined && isBetter(other, one)) ? other : one;
