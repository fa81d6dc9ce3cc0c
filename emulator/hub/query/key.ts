import type { Value } from './ast.ts';

/** What the rows of a group have in common. */
export interface Key {
  /** Distinguishes 5 from "5" and a missing value from null; never the name of an inherited property. */
  readonly tag: string;
  /** One per GROUP BY path. */
  readonly cells: readonly Value[];
}

export const keyOf = (cells: readonly Value[]): Key => ({ tag: tagOf(cells), cells });

/** The key of all rows, if there is no GROUP BY. */
export const ALL: Key = { tag: '', cells: [] };

const tagOf = (cells: readonly Value[]): string => {
  const [only] = cells;
  return cells.length === 1 && typeof only === 'string' ? `"${only}` : cells.map(textOf).join();
};

const textOf = (cell: Value): string => {
  if (cell === undefined) return MISSING;
  return typeof cell === 'object' && cell !== null ? JSON.stringify(cell, sortedProperties) : JSON.stringify(cell);
};

/** Sorts after every JSON text. */
const MISSING = '~';

/** Sorts the properties of objects, so that the order in which they were written does not matter. */
const sortedProperties = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
