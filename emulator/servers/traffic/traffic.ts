import type { TrafficDetail, TrafficEntry } from '../../../protocol/traffic.ts';

type Numbered = 'id' | 'at';

/** A request with its answer, as a server keeps it. Texts are made when somebody reads them. */
export interface Exchange {
  readonly outcome: TrafficEntry['outcome'];
  /** About how much memory it takes. */
  readonly bytes: number;
  summary(): Omit<TrafficEntry, Numbered>;
  sides(): Pick<TrafficDetail, 'request' | 'answer'>;
}

/** An exchange with its number and the hub's time, ms since 1970. */
export interface Kept {
  readonly id: number;
  readonly at: number;
  readonly exchange: Exchange;
}

export interface TrafficLimits {
  readonly entries: number;
  readonly bytes: number;
}

export const TRAFFIC_LIMITS: TrafficLimits = { entries: 5000, bytes: 50 * 1024 * 1024 };

/** Told of each change, so that several hubs together stay within limits. */
export interface TrafficBudget {
  /** After entries came or went. */
  changed(traffic: Traffic, entries: number, bytes: number): void;
}

/** Room: the latest requests of one hub with their answers, within limits. */
export class Traffic {
  readonly #now: () => number;
  readonly #limits: TrafficLimits;
  readonly #budget: TrafficBudget | undefined;
  /** The exchange of the entry `id` is at `id % limits.entries`, and its time is there in `#times`. */
  readonly #ring: (Exchange | undefined)[] = [];
  readonly #times: Float64Array;
  readonly #followers = new Set<() => void>();
  #oldest = 1;
  #next = 1;
  #bytes = 0;

  /** `now`: the hub's time, ms since 1970. */
  constructor(now: () => number, limits: TrafficLimits = TRAFFIC_LIMITS, budget?: TrafficBudget) {
    this.#now = now;
    this.#limits = limits;
    this.#budget = budget;
    this.#times = new Float64Array(limits.entries);
  }

  /** The number of the latest entry; 0 if there was none. */
  get latest(): number {
    return this.#next - 1;
  }

  get size(): number {
    return this.#next - this.#oldest;
  }

  /** About how much memory the entries take. */
  get bytes(): number {
    return this.#bytes;
  }

  record(exchange: Exchange): void {
    const id = this.#next;
    if (id - this.#oldest >= this.#limits.entries) this.drop();
    const index = id % this.#limits.entries;
    this.#ring[index] = exchange;
    this.#times[index] = this.#now();
    this.#next += 1;
    this.#bytes += exchange.bytes;
    this.#budget?.changed(this, 1, exchange.bytes);
    while (this.#bytes > this.#limits.bytes && this.#oldest < id) this.drop();
    for (const follower of this.#followers) follower();
  }

  find(id: number): Kept | undefined {
    const index = id % this.#limits.entries;
    const [exchange, at] = [this.#ring[index], this.#times[index]];
    if (id < this.#oldest || id >= this.#next || exchange === undefined || at === undefined) return undefined;
    return { id, at, exchange };
  }

  /** Entries after the one numbered `id`, newest first. */
  *back(id = 0): IterableIterator<Kept> {
    for (let at = this.latest; at > id; at -= 1) {
      const kept = this.find(at);
      if (kept === undefined) return;
      yield kept;
    }
  }

  clear(): void {
    while (this.#oldest < this.#next) this.drop();
  }

  /** Calls `follower` after each entry. Returns the way to stop. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Forgets the oldest entry. */
  drop(): void {
    const index = this.#oldest % this.#limits.entries;
    const bytes = this.#ring[index]?.bytes ?? 0;
    this.#bytes -= bytes;
    this.#ring[index] = undefined;
    this.#oldest += 1;
    this.#budget?.changed(this, -1, -bytes);
  }
}

export const entryOf = ({ id, at, exchange }: Kept): TrafficEntry => ({
  id,
  at: new Date(at).toISOString(),
  ...exchange.summary(),
});

export const detailOf = (kept: Kept): TrafficDetail => ({ ...entryOf(kept), ...kept.exchange.sides() });
