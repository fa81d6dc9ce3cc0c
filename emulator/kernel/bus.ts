/** An event as listeners get it: numbered without gaps from 1, stamped with the time of the clock in ms since 1970. */
export type Stamped<E> = E & { readonly sequence: number; readonly at: number };

export type Listener<E> = (event: Stamped<E>) => void;

/** Tells listeners what has happened. They observe; none can change the outcome. */
export class Bus<E extends object> {
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  readonly #listeners = new Set<Listener<E>>();
  #sequence = 0;

  /** `failed` gets what a listener throws. */
  constructor(now: () => number, failed: (error: unknown) => void) {
    this.#now = now;
    this.#failed = failed;
  }

  /** The number of the latest event. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Goes on with higher numbers than those that were given before a restart. */
  goOnAfter(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** Calls `listener` for each event. Returns the way to stop. */
  listen(listener: Listener<E>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: E): void {
    this.#sequence += 1;
    if (this.#listeners.size === 0) return;
    // each event is a new object, so it can be stamped as it is
    const published = event as E & { sequence: number; at: number };
    published.sequence = this.#sequence;
    published.at = this.#now();
    for (const listener of this.#listeners) {
      try {
        listener(published);
      } catch (error) {
        this.#failed(error);
      }
    }
  }
}
