import type { HubChange, HubChanges } from '../hub/changes.ts';
import type { Change } from '../kernel/change-feed.ts';
import type { Noted } from './batch.ts';
import { keyOfRecord, LogRecord } from './log-records.ts';
import { RowMap } from './row-map.ts';
import { keyOfRow, type RowName, textOfRow } from './row-text.ts';
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
  readonly #unfolded = new RowMap<Unfolded>();
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
    for (const one of unfolded.values()) this.#unfolded.set(one.row, { ...one });
    for (const { name, tells } of changes.spaces) for (const told of tells?.spaces ?? []) this.#tellers.set(told, name);
  }

  /** A row as it is kept, if a record has changed it. */
  find(name: RowName): HubChange | undefined {
    return this.#unfolded.find(name)?.row;
  }

  /** What keeps changes of rows. */
  step(rows: RowMap<Noted>): Step {
    const log = new LogRecord();
    const whole = new RowMap<HubChange>();
    for (const space of rows.spaces) this.#add(space, rows, { log, whole });
    const record = log.isEmpty ? undefined : { number: ++this.#given, text: log.text };
    const folded = this.#toFold(2 * rows.size, whole);
    const keepFrom =
      this.#foldTo === 0 ? this.#oldest : this.#needed({ folded, whole }, record?.number ?? this.#latest);
    return {
      writes: this.#writes({ whole, folded, record, keepFrom }),
      done: () => {
        for (const written of [folded, whole]) for (const row of written.values()) this.#unfolded.delete(row);
        if (record !== undefined) this.#wrote(record, rows, whole);
        this.#cut(keepFrom);
      },
    };
  }

  /** What writes all rows as a whole that have changes in the log, and those in `more`, and begins a new log. */
  fold(more: RowMap<HubChange> = new RowMap()): Step {
    const whole = new RowMap<HubChange>();
    for (const { row } of this.#unfolded.values()) whole.set(row, row);
    for (const row of more.values()) whole.set(row, row);
    const record = { number: ++this.#given, text: '{}' };
    this.#latest = record.number; // what the rows include, whatever a batch that failed has left
    return {
      writes: this.#writes({ whole, folded: new RowMap(), record, keepFrom: record.number }),
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
    return this.#unfolded.isEmpty;
  }

  /** Adds the changes of a space to a record; a row that no change makes of the one before goes to `whole`. */
  #add([space, noted]: RowsOfSpace, rows: RowMap<Noted>, { log, whole }: Pick<Writes, 'whole'> & Logged): void {
    const { changes } = this.#changes.space(space);
    const teller = this.#tellers.get(space);
    const telling = teller === undefined ? undefined : rows.in(teller);
    let changed = '';
    let told = '';
    for (const [key, one] of noted) {
      const change = knownChange(one);
      if (change === undefined || changes === undefined) whole.set(one.change, one.change);
      else if (teller !== undefined && this.#isTold(change, telling?.get(key), teller))
        told += `${told && ','}${JSON.stringify(key)}`;
      else changed += `${changed && ','}${JSON.stringify(key)},${changes.toText(change.before, change.after)}`;
    }
    log.add(space, changed);
    if (teller !== undefined) log.addTold(space, teller, told);
  }

  #isTold(change: Change<unknown>, telling: Noted | undefined, teller: string): boolean {
    const known = telling && knownChange(telling);
    return known !== undefined && this.#changes.space(teller).tells?.isTold(known, change) === true;
  }

  *#writes({ whole, folded, record, keepFrom }: Writes): Generator<Write> {
    for (const rows of [whole, folded])
      for (const row of rows.values()) yield { key: keyOfRow(row), text: textOfRow(this.#changes, row, this.#latest) };
    if (record !== undefined) yield { key: keyOfRecord(record.number), text: record.text };
    for (let number = this.#oldest; number < keepFrom; number++) yield { key: keyOfRecord(number), text: undefined };
  }

  /** The rows to write as a whole with this batch, if the log is long. */
  #toFold(most: number, whole: RowMap<HubChange>): RowMap<HubChange> {
    if (this.#foldTo === 0 && this.#size > this.#most) this.#foldTo = this.#latest;
    const rows = new RowMap<HubChange>();
    let left = FOLDED_EACH + most;
    for (const row of this.#upTo(this.#foldTo)) {
      if (left === 0) break;
      if (whole.find(row) !== undefined) continue;
      rows.set(row, row);
      left -= 1;
    }
    return rows;
  }

  /** The rows with a change in a record until then, those of each space in the order of their first. */
  *#upTo(number: number): Generator<HubChange> {
    for (const [, rows] of this.#unfolded.spaces)
      for (const { row, first } of rows.values()) {
        if (first > number) break;
        yield row;
      }
  }

  /** The first record that a row needs, after the batch. */
  #needed({ folded, whole }: Pick<Writes, 'folded' | 'whole'>, last: number): number {
    let needed = last;
    for (const [, rows] of this.#unfolded.spaces)
      for (const { row, first } of rows.values()) {
        if (folded.find(row) !== undefined || whole.find(row) !== undefined) continue;
        needed = Math.min(needed, first);
        break;
      }
    return needed;
  }

  #wrote({ number, text }: WrittenRecord, rows: RowMap<Noted>, whole: RowMap<HubChange>): void {
    this.#latest = number;
    this.#sizes.push(text.length);
    this.#size += text.length;
    for (const [space, noted] of rows.spaces) {
      const unfolded = this.#unfolded.of(space);
      const others = whole.in(space);
      for (const [key, { change }] of noted) {
        if (others?.has(key)) continue;
        const known = unfolded.get(key);
        if (known === undefined) unfolded.set(key, { row: change, first: number });
        else known.row = change;
      }
    }
  }

  #cut(keepFrom: number): void {
    for (const size of this.#sizes.splice(0, keepFrom - this.#oldest)) this.#size -= size;
    this.#oldest = keepFrom;
    if (this.#upTo(this.#foldTo).next().done === true) this.#foldTo = 0;
  }
}

/** What has changed, if the value before is known and in the same place. */
const knownChange = ({ change, before, place }: Noted): Change<unknown> | undefined =>
  before === undefined || change.value === undefined || place !== change.place
    ? undefined
    : { before, after: change.value };

type RowsOfSpace = readonly [space: string, rows: ReadonlyMap<string, Noted>];

interface Logged {
  readonly log: LogRecord;
}

interface WrittenRecord {
  readonly number: number;
  readonly text: string;
}

interface Writes {
  /** Rows of the batch that are not in its record. */
  readonly whole: RowMap<HubChange>;
  /** Rows that have changes in the log. */
  readonly folded: RowMap<HubChange>;
  readonly record: WrittenRecord | undefined;
  /** The records before are removed. */
  readonly keepFrom: number;
}
