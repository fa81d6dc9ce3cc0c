import { DataError, type KeptRow } from './state-store.ts';

/** Where it is noted which snapshots there are. */
export const SNAPSHOTS = 'snapshots\0';

/** Where the rows of snapshots are: many in one text, as they are read all or not at all. */
export const CHUNKS = 'copy\0';

/** What `reset` goes back to is kept under no name. */
export const SEED = '';

/** Rows of a chunk. */
export const PORTION = 200;

const DIGITS = 8;

export const keyOfNote = (name: string): string => `${SNAPSHOTS}${encodeURIComponent(name)}`;

export const keyOfChunk = (name: string, space: string, number: number): string =>
  `${CHUNKS}${encodeURIComponent(name)}\0${space}\0${String(number).padStart(DIGITS, '0')}`;

/** A snapshot without its rows. */
export interface Note {
  readonly at: number;
  readonly spaces: Readonly<Record<string, readonly [rows: number, chunks: number]>>;
}

export const readNote = (key: string, text: string): Note & { readonly name: string } => {
  try {
    return { ...(JSON.parse(text) as Note), name: decodeURIComponent(key.slice(SNAPSHOTS.length)) };
  } catch {
    throw new Error(`The snapshot ${key.slice(SNAPSHOTS.length)} cannot be read.`);
  }
};

/** Rows in one text; each has its own key and the text of a row. */
export const chunkText = (rows: Iterable<KeptRow>): string =>
  `[${Array.from(rows, ({ key, text }) => `[${JSON.stringify(key)},${text}]`).join(',')}]`;

type Written = [version: number, place: number | null, value: never];

export const rowsInChunk = (text: string | undefined): readonly (readonly [key: string, row: Written])[] => {
  if (text === undefined) throw new DataError('The rows of a snapshot are not there any more.');
  return JSON.parse(text) as (readonly [string, Written])[];
};
