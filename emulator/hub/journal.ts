import type { Bus, Published } from './events.ts';

type Without<E, K extends string> = E extends unknown ? Omit<E, K> : never;

/** An event as the journal keeps it: without the values, which can be asked for and would keep old twins in memory. */
export type Entry = Without<Published, 'twin' | 'identity'>;

/** Room: the latest events, so that whoever comes late or was away can catch up. */
export class Journal {
  readonly #size: number;
  #kept: Entry[] = [];
  readonly #followers = new Set<(entry: Entry) => void>();

  /** Keeps at least `size` events and at most twice as many. */
  constructor(events: Bus, size = 5000) {
    this.#size = size;
    events.listen((event) => {
      const entry = entryOf(event);
      this.#kept.push(entry);
      if (this.#kept.length >= 2 * size) this.#kept = this.#kept.slice(-this.#size);
      for (const follower of this.#followers) follower(entry);
    });
  }

  /** Events after the one numbered `sequence`, oldest first, as far as they are kept. */
  since(sequence: number): Entry[] {
    const first = this.#kept.findIndex((entry) => entry.sequence > sequence);
    return first < 0 ? [] : this.#kept.slice(first);
  }

  /** How many events after `sequence` are kept no more. */
  missed(sequence: number): number {
    const [oldest] = this.#kept;
    return oldest === undefined ? 0 : Math.max(0, oldest.sequence - 1 - sequence);
  }

  /** `sequence`, or 0 if nothing has got that far: then it was counted by another hub. */
  reached(sequence: number): number {
    return sequence > (this.#kept.at(-1)?.sequence ?? 0) ? 0 : sequence;
  }

  /** Calls back for what is kept after `sequence`, then for each event as it happens. Returns the way to stop. */
  follow(sequence: number, follower: (entry: Entry) => void): () => void {
    for (const entry of this.since(sequence)) follower(entry);
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
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
