import type { RetryPolicy } from '../shared/retry.ts';

/** A connection that lasted less than this counts as a failure, so the next wait is longer. Milliseconds. */
const SHORT_MS = 5_000;

/** How long to wait before reconnecting; the wait grows if the hub closes each new connection quickly. */
export class ReconnectPause {
  #connectedAt = 0;
  #short = 0;

  connected(now: number): void {
    this.#connectedAt = now;
  }

  /** Milliseconds; a negative number means not to reconnect. */
  next(policy: RetryPolicy, now: number): number {
    this.#short = now - this.#connectedAt < SHORT_MS ? this.#short + 1 : 0;
    return policy.nextRetryTimeout(this.#short, false);
  }
}
