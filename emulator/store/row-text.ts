import type { Json, JsonObject } from '../../protocol/json.ts';
import type { HubChange, HubChanges } from '../hub/changes.ts';
import { type Delta, withDelta } from './delta.ts';
import { DataError } from './state-store.ts';

/** Where the rows of the hub are; those of snapshots have prefixes of their own. */
export const STATE = 'state\0';

/** Where a row is kept: by prefix, space and key. Names of spaces contain no NUL. */
export const keyOfRow = ({ space, key }: Pick<HubChange, 'space' | 'key'>, prefix: string = STATE): string =>
  `${prefix}${space}\0${key}`;

/** What is kept of a row: the version of its form, its place, and its value as JSON; undefined for a deleted row. */
export const textOfRow = (changes: HubChanges, { space, value, place }: HubChange): string | undefined => {
  if (value === undefined) return undefined;
  const { version, toJson } = changes.space(space);
  return `[${version},${place ?? null},${JSON.stringify(toJson(value))}]`;
};

/** A row as it is kept: its text, and what has changed since that was written. */
export interface RowTexts {
  readonly key: string;
  /** Undefined if there is no such row. */
  readonly text: string | undefined;
  readonly deltas: readonly string[];
}

/** The row that its texts tell of. Throws an Error for one that cannot be read, and DataError for one that is newer. */
export const rowFrom = (changes: HubChanges, { key, text, deltas }: RowTexts, prefix = STATE): HubChange => {
  const end = key.indexOf('\0', prefix.length);
  const row = { space: key.slice(prefix.length, end), key: key.slice(end + 1) };
  if (text === undefined) return { ...row, value: undefined } as HubChange; // the space says which
  const { version, fromJson } = spaceOf(changes, row.space);
  const [wrote, place, first] = parsed<[number, number | null, Json]>(text, row);
  const json = deltas.reduce((value, delta) => withDelta(value as JsonObject, parsed<Delta>(delta, row)), first); // of an object
  if (wrote > version)
    throw new DataError(`The row ${row.key} of ${row.space} was written by a newer version of the emulator.`);
  return { ...row, value: fromJson(json), ...(place === null ? {} : { place }) } as HubChange; // as above
};

const spaceOf = (changes: HubChanges, name: string) => {
  try {
    return changes.space(name);
  } catch {
    throw new Error(`There are rows of ${name}, which this version of the emulator does not know.`);
  }
};

const parsed = <T>(text: string, { space, key }: { readonly space: string; readonly key: string }): T => {
  try {
    return JSON.parse(text) as T; // which was written here
  } catch {
    throw new Error(`The row ${key} of ${space} cannot be read.`);
  }
};
