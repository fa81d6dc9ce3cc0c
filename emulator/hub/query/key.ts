import type { Value } from './ast.ts';
import { isScalar } from './compare.ts';
import type { Reader } from './evaluate.ts';

/** What the rows of one group have in common. */
export interface Key {
  /** A text that tells 5 from "5" and a missing value from null, and is no name that objects are born with. */
  readonly tag: string;
  /** One per GROUP BY path. */
  readonly cells: readonly Value[];
}

/** Keys kept for rows to come: most of them fall into a group that was met before. */
const KEPT = 4096;

export const keyOf = (cells: readonly Value[]): Key => ({ tag: tagOf(cells), cells });

/** Without GROUP BY all rows are one group. */
export const ALL: Key = { tag: '', cells: [] };

/** Reads a row's key by what its paths read. */
export const keyReader = <R>(paths: readonly Reader<R>[]): ((row: R) => Key) => {
  const [read] = paths;
  if (read === undefined) return () => ALL;
  if (paths.length > 1) return (row) => keyOf(paths.map((one) => one(row)));
  const kept = new Map<Value, Key>();
  return (row) => {
    const value = read(row);
    const known = kept.get(value);
    if (known !== undefined) return known;
    const key = keyOf([value]);
    if (kept.size < KEPT && (value === undefined || isScalar(value))) kept.set(value, key);
    return key;
  };
};

const tagOf = (cells: readonly Value[]): string => {
  const [only] = cells;
  return cells.length === 1 && typeof only === 'string' ? `"${only}` : cells.map(textOf).join();
};

const textOf = (cell: Value): string => {
  if (cell === undefined) return MISSING;
  return typeof cell === 'object' && cell !== null ? JSON.stringify(cell, inOrder) : JSON.stringify(cell);
};

/** After every JSON text. */
const MISSING = '~';

/** Members in one order, so that it does not matter in which they were written. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
