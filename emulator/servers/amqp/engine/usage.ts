import { AmqpError } from './errors.ts';
import type { Limits } from './limits.ts';

/** How much of the limited resources a connection uses, in all its sessions and links. */
export class Usage {
  links = 0;
  /** Of these, links that were refused and that the peer has not detached yet. */
  refused = 0;
  /** Deliveries that were sent and are not settled. */
  unsettled = 0;
  readonly #limits: Limits;
  #unfinishedSize = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get unsettledRoom(): number {
    return this.#limits.unsettledPerConnection - this.unsettled;
  }

  /** Adds to the memory of unfinished messages, or subtracts. Throws AmqpError above the limit. */
  unfinished(bytes: number): void {
    this.#unfinishedSize += bytes;
    if (this.#unfinishedSize > this.#limits.unfinishedSize)
      throw new AmqpError(
        'amqp:resource-limit-exceeded',
        `Unfinished messages take more than ${this.#limits.unfinishedSize} bytes`,
      );
  }
}
