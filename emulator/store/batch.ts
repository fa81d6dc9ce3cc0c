import type { Waiter } from './answers.ts';
import { RowMap, type RowState } from './row-map.ts';
import type { Write } from './state-store.ts';

/** A row that has changed: as it is now, and as it was before the batch, if that is known. A class for the reason that `Member` is one. */
export class Noted implements RowState {
  value: unknown;
  place: number | undefined;
  readonly before: unknown;
  /** Of `before`. */
  readonly placeBefore: number | undefined;

  constructor(value: unknown, place: number | undefined, before?: unknown) {
    this.value = value;
    this.place = place;
    this.before = before;
    this.placeBefore = place;
  }
}

/** The changes since the last batch was begun, by where they are kept, and who waits for them. */
export class Batch {
  readonly rows = new RowMap<Noted>();
  /** What is not a row of the hub: texts, or how they are made when they are written. */
  readonly others = new Map<string, string | (() => string) | undefined>();
  readonly waiters: Waiter[] = [];

  get isEmpty(): boolean {
    return this.others.size === 0 && this.rows.isEmpty;
  }

  note(space: string, key: string, value: unknown, place: number | undefined, before: unknown): void {
    const rows = this.rows.of(space);
    const noted = rows.get(key);
    if (noted === undefined) rows.set(key, new Noted(value, place, before));
    else {
      noted.value = value;
      noted.place = place;
    }
  }

  /** What is not a row of the hub, as it is written. */
  *otherWrites(): Generator<Write> {
    for (const [key, text] of this.others) yield { key, text: typeof text === 'function' ? text() : text };
  }

  /** Takes over what another batch has changed, later; its rows are written as a whole. */
  add({ rows, others }: Batch): void {
    for (const [name, { value, place }] of rows.entries()) this.rows.set(name, new Noted(value, place));
    for (const [key, text] of others) this.others.set(key, text);
  }
}
