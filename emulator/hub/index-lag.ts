import { parseDuration } from '../../protocol/duration.ts';
import type { Clock } from './clock.ts';
import { LateRows } from './late-rows.ts';
import type { Rows } from './query/collection.ts';
import type { Table } from './table.ts';

/** When queries see a write: at once, so many ms later, or when somebody says so. */
export type Lag = 'immediate' | 'manual' | { readonly ms: number };

/** Reads `immediate`, `manual` or `lag:30s`; undefined for anything else. */
export const readLag = (text: string): Lag | undefined => {
  if (text === 'immediate' || text === 'manual') return text;
  const ms = text.startsWith('lag:') ? parseDuration(text.slice(4)) : undefined;
  return ms === undefined ? undefined : { ms };
};

/** A write that queries do not see yet. */
interface Pending {
  readonly writtenAt: number;
  readonly show: () => void;
}

/**
 * Room: what queries may see. Reads by id are always current; a real hub's queries lag behind by seconds.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language#query-limitations
 */
export class IndexLag {
  readonly #clock: Clock;
  #lag: Lag;
  /** In the order of writing; what lies before `#shown` is done. */
  #pending: Pending[] = [];
  #shown = 0;
  #barriers: { readonly until: number; readonly run: () => void }[] = [];
  /** Counts up over all writes that had to wait. */
  #written = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, lag: Lag = 'immediate') {
    this.#clock = clock;
    this.#lag = lag;
  }

  get lag(): Lag {
    return this.#lag;
  }

  /** Writes that queries do not see yet. */
  get pending(): number {
    return this.#pending.length - this.#shown;
  }

  /** A table as queries see it from now on. */
  over<R>(table: Table<R>): Rows<R> {
    const rows = new LateRows(table);
    table.watch((slot, before, after) => {
      if (this.#lag === 'immediate') {
        rows.show(slot, before, after);
        return;
      }
      rows.hold(slot, before);
      this.#written++;
      this.#pending.push({ writtenAt: this.#clock.now(), show: () => rows.showHeld(slot, after) });
      this.#arm();
    });
    return rows;
  }

  /** What waits already goes by the new lag too. */
  change(lag: Lag): void {
    this.#lag = lag;
    this.#cancel?.();
    this.#cancel = undefined;
    if (lag === 'immediate') this.release();
    this.#arm();
  }

  /** Lets queries see everything written so far. */
  release(): void {
    this.#show(Number.POSITIVE_INFINITY);
  }

  /** Runs once queries see everything written so far, at once if they do. Returns the way to forget it. */
  whenCaughtUp(run: () => void): () => void {
    if (this.pending === 0) {
      run();
      return () => {};
    }
    const barrier = { until: this.#written, run };
    this.#barriers.push(barrier);
    return () => {
      this.#barriers = this.#barriers.filter((one) => one !== barrier);
    };
  }

  #arm(): void {
    const first = this.#pending[this.#shown];
    if (typeof this.#lag === 'string' || first === undefined || this.#cancel !== undefined) return;
    const { ms } = this.#lag;
    this.#cancel = this.#clock.wake(first.writtenAt + ms, () => {
      this.#cancel = undefined;
      this.#show(this.#clock.now() - ms);
      this.#arm();
    });
  }

  /** Shows what was written until `time`. */
  #show(time: number): void {
    for (let next = this.#pending[this.#shown]; next !== undefined; next = this.#pending[this.#shown]) {
      if (next.writtenAt > time) break;
      this.#shown++;
      next.show();
    }
    if (this.#shown === this.#pending.length || this.#shown > 1024) {
      this.#pending = this.#pending.slice(this.#shown);
      this.#shown = 0;
    }
    const seen = this.#written - this.pending;
    const met = this.#barriers.filter(({ until }) => until <= seen);
    this.#barriers = this.#barriers.filter(({ until }) => until > seen);
    for (const { run } of met) run();
  }
}
