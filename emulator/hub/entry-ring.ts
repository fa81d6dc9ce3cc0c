import type { IdentityKey } from '../../protocol/identity-key.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { weightOf } from '../kernel/weight.ts';
import type { Published } from './events.ts';

type Without<E, K extends string> = E extends unknown ? Omit<E, K> : never;

/** An event as the journal keeps it: without identity and twin, which would keep old twins in memory. */
export type Entry = Without<Published, 'twin' | 'identity' | 'text'>;

/**
 * The latest entries, by their numbers. Reports are by far the most frequent ones: their entries are made when they are read, so
 * that there is no object for each.
 */
export class EntryRing {
  readonly #size: number;
  readonly #entries: (Entry | undefined)[] = [];
  readonly #weights: number[] = [];
  readonly #reporters: (IdentityKey | undefined)[] = [];
  /** As JSON, if that was at hand: the history keeps the same text. */
  readonly #patches: (string | JsonObject | undefined)[] = [];
  readonly #times: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#times = new Float64Array(size);
  }

  /** Puts an event in the place of the one that is `size` older, and gives its weight in bytes. */
  put(event: Published): number {
    const index = event.sequence % this.#size;
    const isReport = event.type === 'twin.reported';
    const entry = isReport ? undefined : entryOf(event);
    this.#entries[index] = entry;
    this.#reporters[index] = isReport ? event.key : undefined;
    this.#patches[index] = isReport ? (event.text ?? event.patch) : undefined;
    this.#times[index] = event.at;
    const weight = isReport ? REPORT + (event.text?.length ?? weightOf(event.patch)) : weightOf(entry);
    this.#weights[index] = weight;
    return weight;
  }

  /** The entry of this number, which is kept, and its weight; undefined if the number was never given. */
  at(sequence: number): { readonly entry: Entry; readonly weight: number } | undefined {
    const index = sequence % this.#size;
    const entry = this.#entries[index] ?? this.#report(sequence);
    return entry === undefined ? undefined : { entry, weight: this.#weights[index] ?? 0 };
  }

  /** Forgets the entry of this number, and gives its weight. */
  drop(sequence: number): number {
    const index = sequence % this.#size;
    const weight = this.#weights[index] ?? 0;
    this.#entries[index] = undefined;
    this.#reporters[index] = undefined;
    this.#patches[index] = undefined;
    this.#weights[index] = 0;
    return weight;
  }

  #report(sequence: number): Entry | undefined {
    const index = sequence % this.#size;
    const [key, patch, at] = [this.#reporters[index], this.#patches[index], this.#times[index]];
    if (key === undefined || patch === undefined || at === undefined) return undefined;
    return { type: 'twin.reported', key, patch: typeof patch === 'string' ? JSON.parse(patch) : patch, sequence, at };
  }
}

/** Bytes of the entry of a report, without its patch. */
const REPORT = 150;

const entryOf = (event: Published): Entry => {
  if (!('twin' in event)) return event;
  const { twin: _, ...rest } = event;
  if (!('identity' in rest)) return rest;
  const { identity: __, ...entry } = rest;
  return entry;
};
