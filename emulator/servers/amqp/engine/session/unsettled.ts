import type { SendingEnd, SentDelivery } from '../link/sent-delivery.ts';
import { distance } from '../serial.ts';

/** Deliveries of a session that the peer has not settled, by delivery id. They can be settled in any order. */
export class Unsettled {
  readonly #deliveries = new Map<number, SentDelivery>();

  add(delivery: SentDelivery): void {
    this.#deliveries.set(delivery.id, delivery);
  }

  delete(delivery: SentDelivery): boolean {
    return this.#deliveries.delete(delivery.id);
  }

  /** Removes all. Returns how many there were. */
  clear(): number {
    const count = this.#deliveries.size;
    for (const delivery of this.#deliveries.values()) delivery.isPending = false;
    this.#deliveries.clear();
    return count;
  }

  /**
   * Deliveries with an id from `first` to `last`. A range can contain 2^32 ids, so this iterates over the range or the map,
   * whichever is smaller.
   */
  between(first: number, last: number): readonly SentDelivery[] {
    const span = distance(first, last);
    if (span > this.#deliveries.size)
      return [...this.#deliveries.values()].filter(({ id }) => distance(first, id) <= span);
    const found: SentDelivery[] = [];
    for (let i = 0; i <= span; i += 1) {
      const delivery = this.#deliveries.get((first + i) >>> 0);
      if (delivery !== undefined) found.push(delivery);
    }
    return found;
  }

  ofLink(link: SendingEnd): readonly SentDelivery[] {
    return [...this.#deliveries.values()].filter((delivery) => delivery.link === link);
  }
}
