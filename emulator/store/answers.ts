import type { HubError } from '../../protocol/errors.ts';

/** Who waits until changes are kept. */
export interface Waiter {
  /** They are. */
  readonly act: () => void;
  readonly failed: (error: HubError) => void;
}

/** Fewer are answered together: another turn of the event loop would cost more than it brings. */
const FEW = 16;

/**
 * Answers those whose changes are kept, one half at once, the other when what has come meanwhile was read. Clients that are answered
 * together come back together, and of two groups one can be read while the changes of the other are written.
 */
export class Answers {
  #left: readonly Waiter[] = [];

  give(waiters: readonly Waiter[]): void {
    this.giveAll();
    const count = waiters.length < FEW ? waiters.length : Math.ceil(waiters.length / 2);
    for (const { act } of waiters.slice(0, count)) act();
    if (count === waiters.length) return;
    this.#left = waiters.slice(count);
    setImmediate(() => this.giveAll());
  }

  /** Those who are left. */
  giveAll(): void {
    const left = this.#left;
    this.#left = [];
    for (const { act } of left) act();
  }
}
