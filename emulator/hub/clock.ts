/** The hub's time. What the hub decides follows it; sockets and token expiry keep the wall clock. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs once when the clock reaches `at` (ms since 1970). Returns the way to cancel. */
  wake(at: number, run: () => void): () => void;
}

// setTimeout fires at once for delays over 2^31 − 1 ms
const LONGEST_DELAY = 2_147_483_647;

/** The machine's clock; its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wake(at, run) {
    const arm = (): NodeJS.Timeout => {
      const delay = Math.max(0, at - Date.now());
      return setTimeout(
        () => {
          if (Date.now() >= at) run();
          else timer = arm();
        },
        Math.min(delay, LONGEST_DELAY),
      ).unref();
    };
    let timer = arm();
    return () => clearTimeout(timer);
  },
};

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is turned. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  /** `start`: an ISO date or milliseconds since 1970. */
  constructor(start: string | number = '2026-01-01T00:00:00Z') {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
    if (!Number.isFinite(this.#now)) throw new RangeError(`Not a time: ${start}`);
  }

  now(): number {
    return this.#now;
  }

  wake(at: number, run: () => void): () => void {
    const alarm = { at, order: this.#order++, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Turns the clock on by `ms` and runs what falls due, in order, each at its own time. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`A clock does not go back: ${ms} ms`);
    const target = this.#now + ms;
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = target;
  }

  /** Runs what is due at the present moment. */
  settle(): void {
    this.advance(0);
  }

  #next(until: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms)
      if (
        alarm.at <= until &&
        (first === undefined || alarm.at < first.at || (alarm.at === first.at && alarm.order < first.order))
      )
        first = alarm;
    return first;
  }
}

const NEVER = '0001-01-01T00:00:00Z';

let lastMs = Number.NaN;
let lastText = NEVER;

/** The hub's form of a time: seven fractional digits, none for a whole second. */
export const timestamp = (ms: number): string => {
  if (ms !== lastMs) {
    const text = new Date(ms).toISOString();
    lastText = ms % 1000 === 0 ? `${text.slice(0, 19)}Z` : `${text.slice(0, 23)}0000Z`;
    lastMs = ms;
  }
  return lastText;
};

/** What the hub says of a time that has not come to pass. */
export const never = NEVER;

/** .NET ticks: 100 ns since the year 1. */
export const ticks = (ms: number): bigint => BigInt(Math.trunc(ms)) * 10_000n + 621_355_968_000_000_000n;
