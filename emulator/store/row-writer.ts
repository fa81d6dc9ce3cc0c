import type { JsonObject } from '../../protocol/json.ts';
import type { HubChange, HubChanges, HubSpaces } from '../hub/changes.ts';
import { type Delta, deltaOf } from './delta.ts';
import { STATE, textOfRow } from './row-text.ts';
import type { Write } from './state-store.ts';

/** The spaces whose rows are large and change little at a time. */
const LARGE: ReadonlySet<string> = new Set<keyof HubSpaces>(['devices', 'modules']);
/** Deltas of a row, before it is written as a whole again. */
export const MOST_DELTAS = 8;

/** Where a delta of a row is: after the row, before all others. Keys of large rows contain no NUL. */
export const keyOfDelta = (key: string, number: number): string => `${key}\0${number}`;

/** True if `other` is where a delta of the row under `key` is. */
export const isDeltaOf = (key: string, other: string): boolean =>
  other.startsWith(key) &&
  other[key.length] === '\0' &&
  LARGE.has(key.slice(STATE.length, key.indexOf('\0', STATE.length)));

interface Written {
  readonly json: JsonObject;
  readonly place: number | undefined;
  readonly deltas: number;
}

/** Writes rows: large ones as what has changed in them, and now and then as a whole. */
export class RowWriter {
  readonly #changes: HubChanges;
  /** Large rows that were written, by key. */
  readonly #written = new Map<string, Written>();

  constructor(changes: HubChanges) {
    this.#changes = changes;
  }

  /** What writes a row that is kept under `key`. */
  writesOf(key: string, change: HubChange): Write[] {
    if (!LARGE.has(change.space)) return [{ key, text: textOfRow(this.#changes, change) }];
    const known = this.#written.get(key);
    if (change.value === undefined) {
      this.#written.delete(key);
      return whole(key, undefined, known?.deltas);
    }
    const json = this.#changes.space(change.space).toJson(change.value) as JsonObject; // as those of members are
    const delta =
      known && known.deltas < MOST_DELTAS && known.place === change.place ? deltaOf(known.json, json) : undefined;
    if (known === undefined || delta === undefined) {
      this.#written.set(key, { json, place: change.place, deltas: 0 });
      return whole(key, textOfRow(this.#changes, change), known?.deltas);
    }
    const deltas = known.deltas + 1;
    this.#written.set(key, { json, place: change.place, deltas });
    return [{ key: keyOfDelta(key, deltas), text: JSON.stringify(delta satisfies Delta) }];
  }

  /** Rows that may not be as they were written: the next time they are written as a whole. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) this.#written.delete(key);
  }

  forgetAll(): void {
    this.#written.clear();
  }
}

/** Writes a row without its deltas; all that there may be, if the number is not known. */
export const whole = (key: string, text: string | undefined, deltas = MOST_DELTAS): Write[] => [
  { key, text },
  ...Array.from({ length: deltas }, (_, index): Write => ({ key: keyOfDelta(key, index + 1), text: undefined })),
];
