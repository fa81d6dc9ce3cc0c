import type { HubChange, HubChanges } from '../hub/changes.ts';
import type { Change } from '../kernel/change-feed.ts';
import type { Noted } from './batch.ts';
import { keyOfRecord, LogRecord } from './log-records.ts';
import { changeOf, RowMap, type RowState } from './row-map.ts';
import { keyOfRow, type RowName, textOfRow } from './row-text.ts';
import type { Write } from './state-store.ts';

/** A row with changes in the log: as it is with all of them, and the record that has the first. */
export class Unfolded implements RowState {
  value: unknown;
  place: number | undefined;
  readonly first: number;

  constructor(value: unknown, place: number | undefined, first: number) {
    this.value = value;
    this.place = place;
    this.first = first;
  }
}

/** The log as it is in a store. */
export interface KeptLog {
  /** The numbers of its records; the latest always stays, so that numbers go on from it. */
  readonly oldest: number;
  readonly latest: number;
  /** Characters of each record. */
  readonly sizes: readonly number[];
  /** Those with an older change come first. */
  readonly unfolded: RowMap<Unfolded>;
}

export const NO_LOG: KeptLog = { oldest: 1, latest: 0, sizes: [], unfolded: new RowMap() };

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
    for (const [name, row] of unfolded.entries()) this.#unfolded.set(name, row);
    for (const { name, tells } of changes.spaces) for (const told of tells?.spaces ?? []) this.#tellers.set(told, name);
  }

  /** A row as it is kept, if a record has changed it. */
  find(name: RowName): HubChange | undefined {
    const row = this.#unfolded.find(name);
    return row && changeOf(name, row);
  }

  /** What keeps changes of rows. */
  step(rows: RowMap<Noted>): Step {
    const log = new LogRecord();
    const whole = new RowMap<RowState>();
    for (const space of rows.spaces) this.#add(space, rows, { log, whole });
    const record = log.isEmpty ? undefined : { number: ++this.#given, text: log.text };
    const folded = this.#toFold(2 * rows.size, whole);
    const keepFrom =
      this.#foldTo === 0 ? this.#oldest : this.#needed({ folded, whole }, record?.number ?? this.#latest);
    return {
      writes: this.#writes({ whole, folded, record, keepFrom }),
      done: () => {
        for (const written of [folded, whole]) for (const [name] of written.entries()) this.#unfolded.delete(name);
        if (record !== undefined) this.#wrote(record, rows, whole);
        this.#cut(keepFrom);
      },
    };
  }

  /** What writes all rows as a whole that have changes in the log, and those in `more`, and begins a new log. */
  fold(more: RowMap<RowState> = new RowMap()): Step {
    const whole = new RowMap<RowState>();
    for (const rows of [this.#unfolded, more]) for (const [name, row] of rows.entries()) whole.set(name, row);
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
      if (change === undefined || changes === undefined) whole.of(space).set(key, one);
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
      for (const [name, row] of rows.entries())
        yield { key: keyOfRow(name), text: textOfRow(this.#changes, changeOf(name, row), this.#latest) };
    if (record !== undefined) yield { key: keyOfRecord(record.number), text: record.text };
    for (let number = this.#oldest; number < keepFrom; number++) yield { key: keyOfRecord(number), text: undefined };
  }

  /** The rows to write as a whole with this batch, if the log is long. */
  #toFold(most: number, whole: RowMap<RowState>): RowMap<RowState> {
    if (this.#foldTo === 0 && this.#size > this.#most) this.#foldTo = this.#latest;
    const rows = new RowMap<RowState>();
    let left = FOLDED_EACH + most;
    for (const [name, row] of this.#upTo(this.#foldTo)) {
      if (left === 0) break;
      if (whole.find(name) !== undefined) continue;
      rows.set(name, row);
      left -= 1;
    }
    return rows;
  }

  /** The rows with a change in a record until then, those of each space in the order of their first. */
  *#upTo(number: number): Generator<[name: RowName, row: Unfolded]> {
    for (const [space, rows] of this.#unfolded.spaces)
      for (const [key, row] of rows) {
        if (row.first > number) break;
        yield [{ space, key }, row];
      }
  }

  /** The first record that a row needs, after the batch. */
  #needed({ folded, whole }: Pick<Writes, 'folded' | 'whole'>, last: number): number {
    let needed = last;
    for (const [space, rows] of this.#unfolded.spaces)
      for (const [key, { first }] of rows) {
        const name = { space, key };
        if (folded.find(name) !== undefined || whole.find(name) !== undefined) continue;
        needed = Math.min(needed, first);
        break;
      }
    return needed;
  }

  #wrote({ number, text }: WrittenRecord, rows: RowMap<Noted>, whole: RowMap<RowState>): void {
    this.#latest = number;
    this.#sizes.push(text.length);
    this.#size += text.length;
    for (const [space, noted] of rows.spaces) {
      const unfolded = this.#unfolded.of(space);
      const others = whole.in(space);
      for (const [key, { value, place }] of noted) {
        if (others?.has(key)) continue;
        const known = unfolded.get(key);
        if (known === undefined) unfolded.set(key, new Unfolded(value, place, number));
        else [known.value, known.place] = [value, place];
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
const knownChange = ({ value, place, before, placeBefore }: Noted): Change<unknown> | undefined =>
  before === undefined || value === undefined || placeBefore !== place ? undefined : { before, after: value };

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
  readonly whole: RowMap<RowState>;
  /** Rows that have changes in the log. */
  readonly folded: RowMap<RowState>;
  readonly record: WrittenRecord | undefined;
  /** The records before are removed. */
  readonly keepFrom: number;
}
