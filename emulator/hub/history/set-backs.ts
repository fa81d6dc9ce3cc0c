import type { StateMap } from '../../kernel/state-map.ts';
import type { Moment, Since } from './version.ts';

/** That the clock went back: the last event before, the latest time until then, and the time after it. */
interface SetBack extends Since {
  readonly to: number;
}

const PREFIX = 'set-back/';
/** The clock of a machine may go back by a few ms again and again. Before the oldest one, the clock is taken as never set back. */
const MOST = 1_000;

/** Where the clock of the hub went back, as far as versions tell: a time may come twice, and one after `now` may have been. */
export class SetBacks {
  readonly #rows: StateMap<Since>;
  /** Of the latest version. */
  #at: number;

  /** `rows`: may have others. */
  constructor(rows: StateMap<Since>, at: number) {
    this.#rows = rows;
    this.#at = at;
  }

  /** A version comes with the event, at the time. */
  note({ event, at }: Since): void {
    if (at < this.#at) this.#keep({ event: event - 1, at: this.#at, to: at });
    this.#at = at;
  }

  #keep(setBack: SetBack): void {
    const all = this.#all;
    for (const { event } of all.slice(0, Math.max(0, all.length + 1 - MOST))) this.#rows.delete(PREFIX + event);
    this.#rows.set(PREFIX + setBack.event, setBack);
  }

  /** Rows were loaded; `at`: the time of the latest version. */
  resume(at: number): void {
    this.#at = at;
  }

  clear(at: number): void {
    for (const key of [...this.#rows.keys()]) if (key.startsWith(PREFIX)) this.#rows.delete(key);
    this.#at = at;
  }

  /** The moment when it was last that time, undefined if it was not yet. `now`: the latest event, and the time. */
  find(at: number, now: Since): Moment | undefined {
    const unnoted = now.at < this.#at ? [{ ...now, at: this.#at, to: now.at }] : [];
    let [end, until] = [now.at, Number.POSITIVE_INFINITY];
    for (const { event, at: before, to } of [...this.#all, ...unnoted].reverse()) {
      if (to <= at && at <= end) return { at, among: { after: event, until } };
      [end, until] = [before, event];
    }
    return at <= end ? { at, among: { after: -1, until } } : undefined;
  }

  get #all(): readonly SetBack[] {
    return Array.from(this.#rows.values())
      .filter((row): row is SetBack => 'to' in row)
      .sort((a, b) => a.event - b.event);
  }
}
