import { type Entry, EntryRing } from './entry-ring.ts';
import type { HubBus, Published } from './events.ts';

export type { Entry };

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
  readonly #ring: EntryRing;
  /** Numbers of the oldest event and of the next one. */
  #oldest: number;
  #next: number;
  #bytes = 0;
  readonly #watchers = new Set<() => void>();

  constructor(events: HubBus, limits: JournalLimits = LIMITS) {
    this.#limits = limits;
    this.#ring = new EntryRing(limits.events);
    this.#next = events.sequence + 1;
    this.#oldest = this.#next;
    events.listen((event) => {
      this.#keep(event);
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** The number of the latest event. */
  get latest(): number {
    return this.#next - 1;
  }

  /** Events after the one numbered `sequence`, oldest first, as far as they are kept; up to `bytes`, but at least one. */
  page(sequence: number, bytes: number): Entry[] {
    const page: Entry[] = [];
    let size = 0;
    for (let at = Math.max(this.#oldest, sequence + 1); at < this.#next; at += 1) {
      const kept = this.#ring.at(at);
      if (kept === undefined) continue;
      size += kept.weight;
      if (size > bytes && page.length > 0) break;
      page.push(kept.entry);
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

  #keep(event: Published): void {
    const { sequence } = event;
    if (this.#oldest === this.#next) this.#oldest = sequence;
    while (sequence - this.#oldest >= this.#limits.events) this.#drop();
    this.#bytes += this.#ring.put(event);
    this.#next = sequence + 1;
    while (this.#bytes > this.#limits.bytes && this.#oldest < sequence) this.#drop();
  }

  #drop(): void {
    this.#bytes -= this.#ring.drop(this.#oldest);
    this.#oldest += 1;
  }
}
