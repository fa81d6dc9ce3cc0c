import { Lease } from '../../auth/lease.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { IncomingLink, OutgoingLink } from './engine/application.ts';
import { endingError } from './errors.ts';

type AnyLink = IncomingLink | OutgoingLink;

/** The links of a service app on one connection. They are detached when the app's token expires. */
export class ServiceLinks {
  readonly #links = new Set<AnyLink>();
  readonly #lease: Lease;

  /** `wallClock`: tokens expire by it. */
  constructor(wallClock: Clock) {
    this.#lease = new Lease(wallClock, () => this.#expire());
  }

  get isEmpty(): boolean {
    return this.#links.size === 0;
  }

  add(link: AnyLink, principal: Principal): void {
    this.#links.add(link);
    this.#lease.renew(principal);
  }

  renew(principal: Principal): void {
    this.#lease.renew(principal);
  }

  remove(link: AnyLink): void {
    this.#links.delete(link);
    if (this.isEmpty) this.#lease.cancel();
  }

  #expire(): void {
    for (const link of [...this.#links]) link.detach(endingError('expired'));
  }
}
