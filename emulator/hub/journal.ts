import type { Bus, Published } from './events.ts';

/** Room: the latest events, so that whoever comes late or was away can catch up. */
export class Journal {
  readonly #size: number;
  #kept: Published[] = [];
  readonly #followers = new Set<(event: Published) => void>();

  /** Keeps at least `size` events and at most twice as many. */
  constructor(events: Bus, size = 5000) {
    this.#size = size;
    events.listen((event) => {
      this.#kept.push(event);
      if (this.#kept.length >= 2 * size) this.#kept = this.#kept.slice(-this.#size);
      for (const follower of this.#followers) follower(event);
    });
  }

  /** Events after the one numbered `sequence`, oldest first, as far as they are kept. */
  since(sequence: number): Published[] {
    const first = this.#kept.findIndex((event) => event.sequence > sequence);
    return first < 0 ? [] : this.#kept.slice(first);
  }

  /** Calls back for what is kept after `sequence`, then for each event as it happens. Returns the way to stop. */
  follow(sequence: number, follower: (event: Published) => void): () => void {
    for (const event of this.since(sequence)) follower(event);
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
