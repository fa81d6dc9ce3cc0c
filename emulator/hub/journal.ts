import { weightOf } from '../kernel/weight.ts';
import type { HubBus, Published } from './events.ts';

type Without<E, K extends string> = E extends unknown ? Omit<E, K> : never;

/** An event as the journal keeps it: without identity and twin, which would keep old twins in memory. */
export type Entry = Without<Published, 'twin' | 'identity'>;

/** How much a journal keeps. */
export interface JournalLimits {
  readonly events: number;
  /** Of texts and message bodies, roughly. The latest event is kept whatever its size. */
  readonly bytes: number;
}

const LIMITS: JournalLimits = { events: 10_000, bytes: 64 * 1024 * 1024 };

interface Kept {
  readonly entry: Entry;
  readonly bytes: number;
}

/** Room: the latest events, for readers that connect late or again. */
export class Journal {
  readonly #limits: JournalLimits;
  /** Oldest first, by number without gaps; undefined before `#first`. */
  #kept: (Kept | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  readonly #watchers = new Set<() => void>();

  constructor(events: HubBus, limits: JournalLimits = LIMITS) {
    this.#limits = limits;
    events.listen((event) => {
      this.#keep(entryOf(event));
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** Events after the one numbered `sequence`, oldest first, as far as they are kept; up to `bytes`, but at least one. */
  page(sequence: number, bytes: number): Entry[] {
    const oldest = this.#kept[this.#first];
    if (oldest === undefined) return [];
    const start = this.#first + Math.max(0, sequence + 1 - oldest.entry.sequence);
    let [end, size] = [start, 0];
    for (let next = this.#kept[end]; next !== undefined && (end === start || size + next.bytes <= bytes); ) {
      size += next.bytes;
      end += 1;
      next = this.#kept[end];
    }
    return this.#kept.slice(start, end).flatMap((kept) => kept?.entry ?? []);
  }

  /** How many events after `sequence` are no longer kept. */
  missed(sequence: number): number {
    const oldest = this.#kept[this.#first];
    return oldest === undefined ? 0 : Math.max(0, oldest.entry.sequence - 1 - sequence);
  }

  /** `sequence`, or 0 if it is beyond the latest event: then it is a number of another hub. */
  reached(sequence: number): number {
    return sequence > (this.#kept.at(-1)?.entry.sequence ?? 0) ? 0 : sequence;
  }

  /** Calls `watcher` after each new event. Returns the way to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #keep(entry: Entry): void {
    const bytes = weightOf(entry);
    this.#kept.push({ entry, bytes });
    this.#bytes += bytes;
    const last = this.#kept.length - 1;
    const isFull = (): boolean => this.#bytes > this.#limits.bytes || last - this.#first >= this.#limits.events;
    while (this.#first < last && isFull()) {
      this.#bytes -= this.#kept[this.#first]?.bytes ?? 0;
      this.#kept[this.#first] = undefined;
      this.#first += 1;
    }
    // not at each event: the rest of the list is copied
    if (this.#first < SLACK || this.#first < this.#kept.length / 2) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}

const SLACK = 64;

const entryOf = (event: Published): Entry => {
  if (event.type === 'twin.reported') {
    // by far the most frequent one, and taking an object apart is slow
    const { type, key, patch, sequence, at } = event;
    return { type, key, patch, sequence, at };
  }
  if (!('twin' in event)) return event;
  const { twin: _, ...rest } = event;
  if (!('identity' in rest)) return rest;
  const { identity: __, ...entry } = rest;
  return entry;
};
