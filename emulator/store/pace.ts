/** `sync`: what is acknowledged survives a loss of power. `fast`: nothing waits, and the last moments may be lost. */
export type Durability = 'sync' | 'fast';

/** How long `fast` gathers changes, ms: a row that changes often is written once. */
const FAST_MS = 100;
/** Rows of a batch from which on `sync` does not begin the next one at once: a commit costs as much as several operations. */
const MANY = 4;

/**
 * When the next batch is begun. While many devices write, `sync` leaves some time between the beginnings of two batches: what
 * comes during a write has been gathered by then, so that the next one can begin when the write ends.
 */
export class Pace {
  readonly #durability: Durability;
  readonly #gatherMs: number;
  #latest = 0;
  #begunAt = 0;

  constructor(durability: Durability, gatherMs = 1) {
    this.#durability = durability;
    this.#gatherMs = gatherMs;
  }

  /** A batch of so many rows is begun. */
  begun(rows: number): void {
    this.#latest = rows;
    this.#begunAt = performance.now();
  }

  /** How long changes are gathered from now on, ms. */
  get wait(): number {
    if (this.#durability === 'fast') return FAST_MS;
    return this.#latest < MANY ? 0 : this.#begunAt + this.#gatherMs - performance.now();
  }
}
