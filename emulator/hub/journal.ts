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

/** Room: the latest events, for readers that connect late or again. */
export class Journal {
  readonly #limits: JournalLimits;
  /** The event `sequence` is at `sequence % limits.events`, and its bytes are there in `#weights`. */
  readonly #ring: (Entry | undefined)[] = [];
  readonly #weights: number[] = [];
  /** Numbers of the oldest event and of the next one. */
  #oldest: number;
  #next: number;
  #bytes = 0;
  readonly #watchers = new Set<() => void>();

  constructor(events: HubBus, limits: JournalLimits = LIMITS) {
    this.#limits = limits;
    this.#next = events.sequence + 1;
    this.#oldest = this.#next;
    events.listen((event) => {
      this.#keep(entryOf(event));
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** Events after the one numbered `sequence`, oldest first, as far as they are kept; up to `bytes`, but at least one. */
  page(sequence: number, bytes: number): Entry[] {
    const page: Entry[] = [];
    let size = 0;
    for (let at = Math.max(this.#oldest, sequence + 1); at < this.#next; at += 1) {
      const index = at % this.#limits.events;
      const [entry, weight] = [this.#ring[index], this.#weights[index]];
      if (entry === undefined || weight === undefined) continue;
      size += weight;
      if (size > bytes && page.length > 0) break;
      page.push(entry);
    }
    return page;
  }

  /** How many events after `sequence` are no longer kept. */
  missed(sequence: number): number {
    return Math.max(0, this.#oldest - 1 - sequence);
  }

  /** `sequence`, or 0 if it is beyond the latest event: then it is a number of another hub. */
  reached(sequence: number): number {
    return sequence < this.#next ? sequence : 0;
  }

  /** Calls `watcher` after each new event. Returns the way to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #keep(entry: Entry): void {
    if (this.#oldest === this.#next) this.#oldest = entry.sequence;
    while (entry.sequence - this.#oldest >= this.#limits.events) this.#drop();
    const weight = weightOf(entry);
    const index = entry.sequence % this.#limits.events;
    this.#ring[index] = entry;
    this.#weights[index] = weight;
    this.#bytes += weight;
    this.#next = entry.sequence + 1;
    while (this.#bytes > this.#limits.bytes && this.#oldest < entry.sequence) this.#drop();
  }

  #drop(): void {
    const index = this.#oldest % this.#limits.events;
    this.#bytes -= this.#weights[index] ?? 0;
    this.#ring[index] = undefined;
    this.#oldest += 1;
  }
}

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
