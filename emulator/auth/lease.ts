import type { Clock } from '../kernel/clock.ts';
import type { Principal } from './principal.ts';

/** Ends something, such as a connection, when the credentials behind it expire; newer credentials prolong it. */
export class Lease {
  readonly #clock: Clock;
  readonly #expired: () => void;
  #cancel: (() => void) | undefined;

  /** `clock`: the wall clock, which tokens follow. `expired` runs at most once for each `renew`. */
  constructor(clock: Clock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** From now on `principal` alone decides how long the lease lasts: it may also end earlier than before. */
  renew({ expiresAt }: Pick<Principal, 'expiresAt'>): void {
    this.cancel();
    if (Number.isFinite(expiresAt)) this.#cancel = this.#clock.wake(expiresAt, this.#expired);
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
