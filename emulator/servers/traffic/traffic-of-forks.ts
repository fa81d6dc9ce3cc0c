import { TRAFFIC_LIMITS, Traffic, type TrafficBudget, type TrafficLimits } from './traffic.ts';

/** Of one fork. */
const SHARE: TrafficLimits = { entries: 500, bytes: 2 * 1024 * 1024 };

/** Room for the traffic of all forks together. If it is full, the fork that has most of it forgets its oldest entry. */
export class TrafficOfForks implements TrafficBudget {
  readonly #limits: TrafficLimits;
  /** Those that have entries: what belongs to a closed fork is not held. */
  readonly #sharing = new Set<Traffic>();
  #entries = 0;
  #bytes = 0;

  constructor(limits: TrafficLimits = TRAFFIC_LIMITS) {
    this.#limits = limits;
  }

  /** Room for one more fork. `now`: its hub's time, ms since 1970. */
  share(now: () => number, limits: TrafficLimits = SHARE): Traffic {
    return new Traffic(now, limits, this);
  }

  changed(traffic: Traffic, entries: number, bytes: number): void {
    this.#entries += entries;
    this.#bytes += bytes;
    if (traffic.size === 0) this.#sharing.delete(traffic);
    else if (entries > 0) {
      this.#sharing.add(traffic);
      while (this.#entries > this.#limits.entries || this.#bytes > this.#limits.bytes) this.#largest(traffic).drop();
    }
  }

  #largest(one: Traffic): Traffic {
    let largest = one;
    for (const other of this.#sharing) if (this.#partOf(other) > this.#partOf(largest)) largest = other;
    return largest;
  }

  #partOf({ size, bytes }: Traffic): number {
    return Math.max(size / this.#limits.entries, bytes / this.#limits.bytes);
  }
}
