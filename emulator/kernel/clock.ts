/** The time of a service. What the service decides follows it; sockets and token expiry keep the wall clock. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds since some moment; unlike `now` it goes on evenly when somebody sets the machine's clock. For durations. */
  elapsed(): number;
  /** Runs once when the clock reaches `at` (ms since 1970). Returns the way to cancel. */
  wake(at: number, run: () => void): () => void;
  /** Runs once `ms` later by `elapsed`. Returns the way to cancel. */
  after(ms: number, run: () => void): () => void;
}

// setTimeout fires at once for delays over 2^31 − 1 ms
const LONGEST_DELAY = 2_147_483_647;

/** The machine's clock; its timers do not keep a process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  wake: (at, run) => runAt(at, () => Date.now(), run),
  after: (ms, run) => runAt(performance.now() + ms, () => performance.now(), run),
};

const runAt = (at: number, now: () => number, run: () => void): (() => void) => {
  const arm = (): NodeJS.Timeout =>
    setTimeout(
      () => {
        if (now() >= at) run();
        else timer = arm();
      },
      Math.min(Math.max(0, at - now()), LONGEST_DELAY),
    ).unref();
  let timer = arm();
  return () => clearTimeout(timer);
};

/** Times beyond it have five digits in the year, which the formats of the service do not have. */
export const LATEST = Date.UTC(9999, 11, 31);

interface Alarm {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is advanced. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #alarms = new Set<Alarm>();
  readonly #watchers = new Set<(ms: number) => void>();

  /**
   * @param start - An ISO date or ms since 1970; default 2026-01-01T00:00:00Z.
   * @throws RangeError for a text that is not a time.
   * @example new VirtualClock('2030-01-01T00:00:00Z')
   */
  constructor(start: string | number = '2026-01-01T00:00:00Z') {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
    if (!Number.isFinite(this.#now)) throw new RangeError(`Not a time: ${start}`);
  }

  /** Milliseconds since 1970, UTC. */
  now(): number {
    return this.#now;
  }

  /** Milliseconds since 1970: only its owner sets this clock. */
  elapsed(): number {
    return this.#now;
  }

  /** Runs once `ms` later. Returns the way to cancel. */
  after(ms: number, run: () => void): () => void {
    return this.wake(this.#now + ms, run);
  }

  /** Runs once when the clock reaches `at` (ms since 1970). Returns the way to cancel. */
  wake(at: number, run: () => void): () => void {
    const alarm = { at, order: this.#order++, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Advances the clock by `ms` and runs what falls due, in order, each at its own time. Throws a RangeError. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`A clock does not go back: ${ms} ms`);
    const target = this.#now + ms;
    if (target > LATEST) throw new RangeError(`A clock ends at ${new Date(LATEST).toISOString()}`);
    for (let next = this.#next(target); next !== undefined; next = this.#next(target)) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = target;
    if (ms > 0) for (const watcher of this.#watchers) watcher(ms);
  }

  /** Runs what is due at the present moment. */
  settle(): void {
    this.advance(0);
  }

  /** As `settle`, without what falls due because of that: one turn of the timers of a machine. */
  turn(): void {
    const due = [...this.#alarms].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at || a.order - b.order);
    for (const alarm of due) if (this.#alarms.delete(alarm)) alarm.run();
  }

  /** Sets the time without running anything, to go on where another clock stood. `now`: ms since 1970. */
  set(now: number): void {
    this.#now = now;
  }

  /** Calls `watcher` after each advance, with its ms. Returns the way to stop. */
  watch(watcher: (ms: number) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
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

/** ISO 8601 as .NET services write it: seven fractional digits, none for a whole second. `ms`: since 1970. */
export const timestamp = (ms: number): string => {
  if (ms !== lastMs) {
    const text = new Date(ms).toISOString();
    lastText = ms % 1000 === 0 ? `${text.slice(0, 19)}Z` : `${text.slice(0, 23)}0000Z`;
    lastMs = ms;
  }
  return lastText;
};

/**
 * Milliseconds since 1970 of a time as clients write it, NaN if it is none. One without a zone is UTC: the SDK for Python sends
 * such times.
 */
export const timeIn = (text: string): number => Date.parse(WITHOUT_ZONE.test(text) ? `${text}Z` : text);

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ][\d:.]+$/;

/** What .NET services write where there is no time. */
export const never = NEVER;

/** .NET ticks: 100 ns since the year 1. */
export const ticks = (ms: number): bigint => BigInt(Math.trunc(ms)) * 10_000n + 621_355_968_000_000_000n;
