import type { Json } from '../../protocol/json.ts';
import { type Later, STATE } from './row-text.ts';
import type { StateStore } from './state-store.ts';

/** Where the log of changes is: a record for each batch. */
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

/**
 * A record: keys and changes of rows in turns, by space; and under the names of two spaces, keys of the rows of one whose changes
 * are told by those of the other.
 */
export class LogRecord {
  /** V8 remembers the pieces of a text, and copies them once, when the whole is read. */
  #text = '';

  get isEmpty(): boolean {
    return this.#text === '';
  }

  get text(): string {
    return `{${this.#text}}`;
  }

  /** Keys and changes in turns: JSON text, divided by commas. */
  add(space: string, changes: string): void {
    if (changes !== '') this.#text += `${this.isEmpty ? '' : ','}${JSON.stringify(space)}:[${changes}]`;
  }

  /** `keys`: JSON text, divided by commas. */
  addTold(space: string, by: string, keys: string): void {
    this.add(`${space}${BY}${by}`, keys);
  }
}

/** Between the names of two spaces. */
const BY = '<';

type Entries = Readonly<Record<string, readonly Json[]>>;

const addRecord = (changes: Map<string, Later[]>, record: number, entries: Entries): void => {
  const add = (space: string, key: Json | undefined, later: Later): void => {
    const row = `${STATE}${space}\0${key}`;
    const known = changes.get(row);
    if (known === undefined) changes.set(row, [later]);
    else known.push(later);
  };
  for (const [name, list] of Object.entries(entries)) {
    const [space = name, toldBy] = name.split(BY);
    if (toldBy === undefined) for (const [key, change] of pairsOf(list)) add(space, key, { record, change });
    else {
      const told = new Map(pairsOf(entries[toldBy] ?? []));
      for (const key of list) add(space, key, { record, change: told.get(key) ?? null, toldBy });
    }
  }
};

function* pairsOf(list: readonly Json[]): Generator<[key: Json, change: Json]> {
  for (let at = 0; at < list.length; at += 2) yield [list[at] ?? null, list[at + 1] ?? null];
}

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
