import type { Json } from '../../protocol/json.ts';
import { type Later, STATE } from './row-text.ts';
import type { StateStore } from './state-store.ts';

/** Where the log of changes is: a record for each batch, with keys and changes of rows in turns, by space. */
export const LOG = 'log\0';

const DIGITS = 12;

export const keyOfRecord = (number: number): string => `${LOG}${String(number).padStart(DIGITS, '0')}`;

/** The records of a log. */
export interface LogRecords {
  /** 1 and 0 if there are none. */
  readonly oldest: number;
  readonly latest: number;
  readonly sizes: readonly number[];
  /** By the key of the row, in the order of the first. */
  readonly changes: ReadonlyMap<string, readonly Later[]>;
}

/** Reads the log. `lost` gets what cannot be read; it throws an Error if not given. */
export const readLog = async (store: StateStore, lost: (what: string) => void = fail): Promise<LogRecords> => {
  const changes = new Map<string, Later[]>();
  const sizes: number[] = [];
  let oldest = 1;
  let latest = 0;
  for await (const portion of store.scan(LOG))
    for (const { key, text } of portion) {
      const number = Number(key.slice(LOG.length));
      if (sizes.length > 0 && number !== latest + 1) lost(`Records of the log before ${number} are missing.`);
      if (sizes.length === 0) oldest = number;
      latest = number;
      sizes.push(text.length);
      addRecord(changes, number, parsed(text, number, lost));
    }
  return { oldest, latest, sizes, changes };
};

type Entries = Readonly<Record<string, readonly Json[]>>;

const addRecord = (changes: Map<string, Later[]>, record: number, entries: Entries): void => {
  for (const [space, list] of Object.entries(entries))
    for (let at = 0; at < list.length; at += 2) {
      const key = `${STATE}${space}\0${list[at]}`;
      const later: Later = { record, change: list[at + 1] ?? null };
      const known = changes.get(key);
      if (known === undefined) changes.set(key, [later]);
      else known.push(later);
    }
};

const parsed = (text: string, number: number, lost: (what: string) => void): Entries => {
  try {
    return JSON.parse(text) as Entries; // which was written here
  } catch {
    lost(`The record ${number} of the log cannot be read.`);
    return {};
  }
};

const fail = (what: string): never => {
  throw new Error(what);
};
