import type { RetryPolicy } from '../shared/retry.ts';

/** A connection that ended sooner than this was no success: the next pause is longer. Milliseconds. */
const SHORT_MS = 5_000;

/** How long to wait before a lost connection is made again; a hub that drops us at once is not stormed. */
export class ReconnectPause {
  #connectedAt = 0;
  #short = 0;

  connected(now: number): void {
    this.#connectedAt = now;
  }

  /** Milliseconds; negative: not at all. */
  next(policy: RetryPolicy, now: number): number {
    this.#short = now - this.#connectedAt < SHORT_MS ? this.#short + 1 : 0;
    return policy.nextRetryTimeout(this.#short, false);
  }
}
