import type { HubError } from '../../protocol/errors.ts';
import type { HubChange } from '../hub/changes.ts';
import { keyOfRow } from './row-text.ts';
import type { Write } from './state-store.ts';

interface Waiter {
  readonly act: () => void;
  readonly failed: (error: HubError) => void;
}

/** A row that has changed: as it is now, and as it was before the batch, if that is known. */
export interface Noted {
  change: HubChange;
  before: HubChange['value'];
  /** Of `before`. */
  readonly place: number | undefined;
}

/** The changes of a turn of the event loop, by where they are kept, and who waits for them. */
export class Batch {
  /** By space and key: a row that changes often costs a look-up each time. */
  readonly #spaces = new Map<string, Map<string, Noted>>();
  /** What is not a row of the hub: texts, or how they are made when they are written. */
  readonly others = new Map<string, string | (() => string) | undefined>();
  readonly waiters: Waiter[] = [];

  get isEmpty(): boolean {
    return this.#spaces.size === 0 && this.others.size === 0;
  }

  /** By where they are kept. */
  get rows(): ReadonlyMap<string, Noted> {
    const rows = new Map<string, Noted>();
    for (const [space, noted] of this.#spaces) for (const [key, one] of noted) rows.set(keyOfRow({ space, key }), one);
    return rows;
  }

  note(change: HubChange, before: HubChange['value']): void {
    const rows = this.#rowsOf(change.space);
    const noted = rows.get(change.key);
    if (noted === undefined) rows.set(change.key, { change, before, place: change.place });
    else noted.change = change;
  }

  #rowsOf(space: string): Map<string, Noted> {
    const known = this.#spaces.get(space);
    if (known !== undefined) return known;
    const rows = new Map<string, Noted>();
    this.#spaces.set(space, rows);
    return rows;
  }

  /** What is not a row of the hub, as it is written. */
  *otherWrites(): Generator<Write> {
    for (const [key, text] of this.others) yield { key, text: typeof text === 'function' ? text() : text };
  }

  /** Takes over what another batch has changed, later; its rows are written as a whole. */
  add({ rows, others }: Batch): void {
    for (const { change } of rows.values())
      this.#rowsOf(change.space).set(change.key, { change, before: undefined, place: undefined });
    for (const [key, text] of others) this.others.set(key, text);
  }
}
