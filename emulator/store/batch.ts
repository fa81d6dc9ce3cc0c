import type { HubError } from '../../protocol/errors.ts';
import type { HubChange } from '../hub/changes.ts';
import { RowMap } from './row-map.ts';
import type { Write } from './state-store.ts';

interface Waiter {
  readonly act: () => void;
  readonly failed: (error: HubError) => void;
}

/** A row that has changed: as it is now, and as it was before the batch, if that is known. A class for the reason that `Member` is one. */
export class Noted {
  change: HubChange;
  readonly before: HubChange['value'];
  /** Of `before`. */
  readonly place: number | undefined;

  constructor(change: HubChange, before?: HubChange['value'], place?: number) {
    this.change = change;
    this.before = before;
    this.place = place;
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

  note(change: HubChange, before: HubChange['value']): void {
    const rows = this.rows.of(change.space);
    const noted = rows.get(change.key);
    if (noted === undefined) rows.set(change.key, new Noted(change, before, change.place));
    else noted.change = change;
  }

  /** What is not a row of the hub, as it is written. */
  *otherWrites(): Generator<Write> {
    for (const [key, text] of this.others) yield { key, text: typeof text === 'function' ? text() : text };
  }

  /** Takes over what another batch has changed, later; its rows are written as a whole. */
  add({ rows, others }: Batch): void {
    for (const { change } of rows.values()) this.rows.set(change, new Noted(change));
    for (const [key, text] of others) this.others.set(key, text);
  }
}
