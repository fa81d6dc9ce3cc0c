import type { Json } from '../../protocol/json.ts';
import type { HubChange, HubChanges } from '../hub/changes.ts';
import { DataError } from './state-store.ts';

/** Where the rows of the hub are. */
export const STATE = 'state\0';

export interface RowName {
  readonly space: string;
  readonly key: string;
}

/** Where a row is kept: by space and key. Names of spaces contain no NUL. */
export const keyOfRow = ({ space, key }: RowName): string => `${STATE}${space}\0${key}`;

/** Space and key of a row that is kept under `key`. */
export const nameOfRow = (key: string): RowName => {
  const end = key.indexOf('\0', STATE.length);
  return { space: key.slice(STATE.length, end), key: key.slice(end + 1) };
};

/**
 * What is kept of a row: the version of its form, its place, its value as JSON, and the number of the latest record of the log
 * that it includes, if there is one; undefined for a deleted row.
 */
export const textOfRow = (
  changes: HubChanges,
  { space, value, place }: HubChange,
  record: number = 0,
): string | undefined => {
  if (value === undefined) return undefined;
  const { version, toText } = changes.space(space);
  return `[${version},${place ?? null},${toText(value)}${record === 0 ? '' : `,${record}`}]`;
};

/** A row as it is kept: its text, and what has changed in it since. */
export interface RowText {
  readonly key: string;
  /** Undefined if there is no such row. */
  readonly text: string | undefined;
  readonly later?: readonly Later[] | undefined;
}

/** A change of a row in a record of the log. */
export interface Later {
  readonly record: number;
  readonly change: Json;
  /** The space of the row whose change it is, if it tells that of this row. */
  readonly toldBy?: string | undefined;
}

type Written = readonly [version: number, place: number | null, value: Json, record?: number];

/** The row that its texts tell of. Throws an Error for one that cannot be read, and DataError for one that is newer. */
export const rowFrom = (changes: HubChanges, { key, text, later }: RowText): HubChange => {
  const row = nameOfRow(key);
  if (text === undefined) return { ...row, value: undefined } as HubChange; // the space says which
  return rowOf(changes, row, { written: parsed(text, row), later });
};

/** The latest record that a text includes; 0 if there is none. */
export const recordIn = (text: string): number => (JSON.parse(text) as Written)[3] ?? 0;

/** A row whose text is parsed. Throws as `rowFrom`. */
export const rowOf = (
  changes: HubChanges,
  { space, key }: RowName,
  {
    written: [version, place, json, record = 0],
    later = [],
  }: { written: Written; later?: readonly Later[] | undefined },
): HubChange => {
  const form = spaceOf(changes, space);
  if (version > form.version)
    throw new DataError(`The row ${key} of ${space} was written by a newer version of the emulator.`);
  let value = form.fromJson(json);
  for (const { record: number, change, toldBy } of later) {
    const { apply } = (toldBy === undefined ? form.changes : spaceOf(changes, toldBy).tells) ?? { apply: () => value };
    if (number > record) value = apply(value, change);
  }
  return { space, key, value, ...(place === null ? {} : { place }) } as HubChange; // as the space says
};

const spaceOf = (changes: HubChanges, name: string) => {
  try {
    return changes.space(name);
  } catch {
    throw new Error(`There are rows of ${name}, which this version of the emulator does not know.`);
  }
};

const parsed = (text: string, { space, key }: RowName): Written => {
  try {
    return JSON.parse(text) as Written; // which was written here
  } catch {
    throw new Error(`The row ${key} of ${space} cannot be read.`);
  }
};
