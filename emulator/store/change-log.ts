import type { HubChange, HubChanges } from '../hub/changes.ts';
import type { Change } from '../kernel/change-feed.ts';
import type { Noted } from './batch.ts';
import { keyOfRecord, LogRecord } from './log-records.ts';
import { keyOfRow, textOfRow } from './row-text.ts';
import type { Write } from './state-store.ts';

/** A row with changes in the log: as it is with all of them, and the record that has the first. */
export interface Unfolded {
  row: HubChange;
  readonly first: number;
}

/** The log as it is in a store. */
export interface KeptLog {
  /** The numbers of its records; the latest always stays, so that numbers go on from it. */
  readonly oldest: number;
  readonly latest: number;
  /** Characters of each record. */
  readonly sizes: readonly number[];
  /** Those with an older change come first. */
  readonly unfolded: ReadonlyMap<string, Unfolded>;
}

export const NO_LOG: KeptLog = { oldest: 1, latest: 0, sizes: [], unfolded: new Map() };

/** More characters make a start after a crash slower. */
const MOST = 32 * 1024 * 1024;
/** Rows that each batch writes then; in addition to twice as many as it changes, so that it comes to an end. */
const FOLDED_EACH = 100;

/** What a batch writes; call `done` when it is written. */
export interface Step {
  readonly writes: Iterable<Write>;
  done(): void;
}

/**
 * Writes rows. What has changed in a large row goes to a log, one record for each batch: this costs little, however large the
 * row is. When the log has become long, rows with changes in it are written as a whole, a few with each batch, and the records
 * that no row needs any more are removed. A row says which records it includes, so it does not matter when this is done.
 */
export class ChangeLog {
  readonly #changes: HubChanges;
  readonly #most: number;
  readonly #unfolded: Map<string, Unfolded>;
  readonly #sizes: number[];
  /** Spaces whose changes follow from those of other ones, which are given. */
  readonly #tellers = new Map<string, string>();
  #oldest: number;
  /** The latest record that was written. */
  #latest: number;
  /** The latest number that was given to a record, written or not. */
  #given: number;
  #size: number;
  /** The rows with a change in this record or an earlier one are being folded. */
  #foldTo = 0;

  /** `most`: characters of the log from which on it is shortened. */
  constructor(changes: HubChanges, { oldest, latest, sizes, unfolded }: KeptLog, most = MOST) {
    this.#changes = changes;
    this.#most = most;
    this.#oldest = oldest;
    this.#latest = latest;
    this.#given = latest;
    this.#sizes = [...sizes];
    this.#size = sizes.reduce((sum, size) => sum + size, 0);
    this.#unfolded = new Map(unfolded);
    for (const { name, tells } of changes.spaces) for (const told of tells?.spaces ?? []) this.#tellers.set(told, name);
  }

  /** A row as it is kept, if a record has changed it. */
  find(key: string): HubChange | undefined {
    return this.#unfolded.get(key)?.row;
  }

  /** What keeps changes of rows. */
  step(rows: ReadonlyMap<string, Noted>): Step {
    const log = new LogRecord();
    const changed = new Map<string, HubChange>();
    const whole = new Map<string, HubChange>();
    for (const [key, noted] of rows) (this.#add(log, noted, rows) ? changed : whole).set(key, noted.change);
    const record = log.isEmpty ? undefined : { number: ++this.#given, text: log.text };
    const folded = this.#toFold(2 * rows.size, whole);
    const keepFrom =
      this.#foldTo === 0 ? this.#oldest : this.#needed({ folded, whole }, record?.number ?? this.#latest);
    return {
      writes: this.#writes({ whole, folded, record, keepFrom }),
      done: () => {
        for (const key of folded) this.#unfolded.delete(key);
        for (const key of whole.keys()) this.#unfolded.delete(key);
        if (record !== undefined) this.#wrote(record, changed);
        this.#cut(keepFrom);
      },
    };
  }

  /** What writes all rows as a whole that have changes in the log, and those in `more`, and begins a new log. */
  fold(more: ReadonlyMap<string, HubChange> = new Map()): Step {
    const whole = new Map(Array.from(this.#unfolded, ([key, { row }]) => [key, row]));
    for (const [key, row] of more) whole.set(key, row);
    const record = { number: ++this.#given, text: '{}' };
    this.#latest = record.number; // what the rows include, whatever a batch that failed has left
    return {
      writes: this.#writes({ whole, folded: [], record, keepFrom: record.number }),
      done: () => {
        this.#unfolded.clear();
        this.#sizes.splice(0, this.#sizes.length, record.text.length);
        this.#size = record.text.length;
        this.#oldest = record.number;
        this.#foldTo = 0;
      },
    };
  }

  get isEmpty(): boolean {
    return this.#unfolded.size === 0;
  }

  /** Adds a change to a record; false if there is no change that makes the row of the one before. */
  #add(log: LogRecord, noted: Noted, rows: ReadonlyMap<string, Noted>): boolean {
    const { space, key } = noted.change;
    const change = knownChange(noted);
    const { changes } = this.#changes.space(space);
    if (change === undefined || changes === undefined) return false;
    const teller = this.#tellers.get(space);
    if (teller !== undefined && this.#isTold(change, rows.get(keyOfRow({ space: teller, key })), teller))
      log.addTold(noted.change, teller);
    else log.add(noted.change, changes.toJson(change.before, change.after));
    return true;
  }

  #isTold(change: Change<unknown>, telling: Noted | undefined, teller: string): boolean {
    const known = telling && knownChange(telling);
    return known !== undefined && this.#changes.space(teller).tells?.isTold(known, change) === true;
  }

  *#writes({ whole, folded, record, keepFrom }: Writes): Generator<Write> {
    for (const [key, row] of whole) yield { key, text: textOfRow(this.#changes, row, this.#latest) };
    for (const key of folded) {
      const row = this.#unfolded.get(key)?.row;
      if (row !== undefined) yield { key, text: textOfRow(this.#changes, row, this.#latest) };
    }
    if (record !== undefined) yield { key: keyOfRecord(record.number), text: record.text };
    for (let number = this.#oldest; number < keepFrom; number++) yield { key: keyOfRecord(number), text: undefined };
  }

  /** The keys of rows to write as a whole with this batch, if the log is long. */
  #toFold(most: number, whole: ReadonlyMap<string, HubChange>): string[] {
    if (this.#foldTo === 0 && this.#size > this.#most) this.#foldTo = this.#latest;
    const keys: string[] = [];
    for (const [key, { first }] of this.#unfolded) {
      if (first > this.#foldTo || keys.length === FOLDED_EACH + most) return keys;
      if (!whole.has(key)) keys.push(key);
    }
    return keys;
  }

  /** The first record that a row needs, after the batch. */
  #needed({ folded, whole }: Pick<Writes, 'folded' | 'whole'>, last: number): number {
    const written = new Set(folded);
    for (const [key, { first }] of this.#unfolded) if (!written.has(key) && !whole.has(key)) return first;
    return last;
  }

  #wrote({ number, text }: WrittenRecord, changed: ReadonlyMap<string, HubChange>): void {
    this.#latest = number;
    this.#sizes.push(text.length);
    this.#size += text.length;
    for (const [key, row] of changed) {
      const known = this.#unfolded.get(key);
      if (known === undefined) this.#unfolded.set(key, { row, first: number });
      else known.row = row;
    }
  }

  #cut(keepFrom: number): void {
    for (const size of this.#sizes.splice(0, keepFrom - this.#oldest)) this.#size -= size;
    this.#oldest = keepFrom;
    const [oldest] = this.#unfolded.values();
    if (oldest === undefined || oldest.first > this.#foldTo) this.#foldTo = 0;
  }
}

/** What has changed, if the value before is known and in the same place. */
const knownChange = ({ change, before, place }: Noted): Change<unknown> | undefined =>
  before === undefined || change.value === undefined || place !== change.place
    ? undefined
    : { before, after: change.value };

interface WrittenRecord {
  readonly number: number;
  readonly text: string;
}

interface Writes {
  /** Rows of the batch that are not in its record. */
  readonly whole: ReadonlyMap<string, HubChange>;
  /** Keys of rows that have changes in the log. */
  readonly folded: readonly string[];
  readonly record: WrittenRecord | undefined;
  /** The records before are removed. */
  readonly keepFrom: number;
}
