import type { TrafficDetail, TrafficEntry } from '../../../protocol/traffic.ts';
import { ShortRequests } from './short-requests.ts';

type Numbered = 'id' | 'at';

/** A request with its answer, as a server keeps it. Texts are made when somebody reads them. */
export interface Exchange {
  readonly outcome: TrafficEntry['outcome'];
  /** About how much memory it takes. */
  readonly bytes: number;
  summary(): Omit<TrafficEntry, Numbered>;
  sides(): Pick<TrafficDetail, 'request' | 'answer'>;
}

/** Makes exchanges of the requests of one client, as it has sent them. `version`: in the answer. */
export interface ExchangeSource {
  exchange(request: Buffer, version: number | undefined): Exchange;
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
  /** Of entries that `#ring` has not: who makes their exchanges, and what of. */
  readonly #sources: (ExchangeSource | undefined)[] = [];
  readonly #requests: ShortRequests;
  readonly #versions: Float64Array;
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
    this.#versions = new Float64Array(limits.entries);
    this.#requests = new ShortRequests(limits.entries);
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
    const index = this.#begin();
    this.#ring[index] = exchange;
    this.#bytes += exchange.bytes;
    this.#budget?.changed(this, 1, exchange.bytes);
    while (this.#bytes > this.#limits.bytes && this.#oldest < this.latest) this.drop();
    this.#tell();
  }

  /**
   * As `record`, for a request that was accepted, by far the most frequent kind: a short one is kept without an object, which
   * `source` makes when it is read.
   */
  recordAccepted(source: ExchangeSource, request: Buffer, version: number | undefined): void {
    // the room for short ones has a fixed size, which a budget would not count
    if (this.#budget !== undefined || !this.#requests.fits(request)) {
      this.record(source.exchange(request, version));
      return;
    }
    const index = this.#begin();
    this.#sources[index] = source;
    this.#requests.put(index, request);
    this.#versions[index] = version ?? Number.NaN;
    this.#tell();
  }

  find(id: number): Kept | undefined {
    if (id < this.#oldest || id >= this.#next) return undefined;
    const index = id % this.#limits.entries;
    const [exchange, at] = [this.#ring[index] ?? this.#made(index), this.#times[index]];
    return exchange === undefined || at === undefined ? undefined : { id, at, exchange };
  }

  /** Entries after the one numbered `id`, newest first. */
  *back(id = 0): IterableIterator<Kept> {
    for (let at = this.latest; at > id; at -= 1) {
      const kept = this.find(at);
      if (kept === undefined) return;
      yield kept;
    }
  }

  /**
   * Entries after the one numbered `id` that fit, oldest first, and how many are left out: of those that were answered as usual the
   * latest `most` are given, and as many others.
   */
  after(id: number, most: number, fits?: (kept: Kept) => boolean): { kept: readonly Kept[]; leftOut: number } {
    const kept: Kept[] = [];
    const room = { usual: most, other: most };
    let leftOut = fits === undefined ? Math.max(0, this.#oldest - 1 - id) : 0;
    for (let at = this.latest; at >= Math.max(this.#oldest, id + 1); at -= 1) {
      const kind = this.#isUsual(at % this.#limits.entries) ? 'usual' : 'other';
      const one = fits === undefined && room[kind] === 0 ? undefined : this.find(at);
      if (one !== undefined && fits?.(one) === false) continue;
      if (one === undefined || room[kind] === 0) leftOut += 1;
      else {
        room[kind] -= 1;
        kept.push(one);
      }
    }
    return { kept: kept.reverse(), leftOut };
  }

  clear(): void {
    while (this.#oldest < this.#next) this.drop();
  }

  /** Calls `follower` after each entry. Returns the way to stop. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Begins an entry, and gives its index. */
  #begin(): number {
    const id = this.#next;
    if (id - this.#oldest >= this.#limits.entries) this.drop();
    const index = id % this.#limits.entries;
    this.#times[index] = this.#now();
    this.#next += 1;
    return index;
  }

  #tell(): void {
    for (const follower of this.#followers) follower();
  }

  /** Forgets the oldest entry. */
  drop(): void {
    const index = this.#oldest % this.#limits.entries;
    const bytes = this.#ring[index]?.bytes ?? 0;
    this.#bytes -= bytes;
    this.#ring[index] = undefined;
    this.#sources[index] = undefined;
    this.#oldest += 1;
    this.#budget?.changed(this, -1, -bytes);
  }

  /** Short requests are those that were accepted. */
  #isUsual(index: number): boolean {
    return this.#sources[index] !== undefined || this.#ring[index]?.outcome === 'ok';
  }

  #made(index: number): Exchange | undefined {
    const version = this.#versions[index];
    return this.#sources[index]?.exchange(this.#requests.read(index), Number.isNaN(version) ? undefined : version);
  }
}

export const entryOf = ({ id, at, exchange }: Kept): TrafficEntry => ({
  id,
  at: new Date(at).toISOString(),
  ...exchange.summary(),
});

export const detailOf = (kept: Kept): TrafficDetail => ({ ...entryOf(kept), ...kept.exchange.sides() });
