import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { TableView } from '../../kernel/table.ts';
import type { HubBus } from '../events.ts';
import type { Rows } from '../query/collection.ts';
import { DelayedRows } from './delayed-rows.ts';
import type { Lag } from './lag.ts';

/** A write that queries do not see yet. */
interface Pending {
  readonly writtenAt: number;
  readonly show: () => void;
}

/**
 * Room: what queries see. Reads by id are always current; a real hub's queries lag behind by seconds. Writes that are
 * held back do not survive a restart: queries see everything then.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language#query-limitations
 */
export class IndexLag {
  readonly #clock: Clock;
  readonly #events: HubBus;
  readonly #state = new StateMap<Lag>();
  #lag: Lag;
  /** In the order of writing; those before `#shown` are shown already. */
  #pending: Pending[] = [];
  #shown = 0;
  #barriers: { readonly until: number; readonly run: () => void }[] = [];
  /** How many writes were ever held back. */
  #written = 0;
  #cancel: (() => void) | undefined;

  constructor({ clock, events, lag }: { clock: Clock; events: HubBus; lag: Lag }) {
    this.#clock = clock;
    this.#events = events;
    this.#lag = lag;
    this.#state.set(LAG, lag);
  }

  get space() {
    return keySpace('index-lag', this.#state);
  }

  get lag(): Lag {
    return this.#lag;
  }

  /** Writes that queries do not see yet. */
  get pending(): number {
    return this.#pending.length - this.#shown;
  }

  /** A table as queries see it from now on. */
  over<R>(table: TableView<R>): Rows<R> {
    const rows = new DelayedRows(table);
    table.watch((slot, before, after) => {
      if (this.#lag === 'immediate') {
        rows.show(slot, before, after);
        return;
      }
      rows.hold(slot, before);
      this.#written++;
      this.#pending.push({ writtenAt: this.#clock.elapsed(), show: () => rows.showHeld(slot, after) });
      this.#arm();
    });
    return rows;
  }

  /** Writes that are held back already follow the new lag too. */
  change(lag: Lag): void {
    this.#state.set(LAG, lag);
    this.#events.publish({ type: 'index.lag-changed', lag });
    this.#follow(lag);
  }

  /** Follows the lag that was loaded; queries see everything. */
  resume(): void {
    this.release();
    this.#follow(this.#state.get(LAG) ?? this.#lag);
  }

  /** Lets queries see everything written so far. */
  release(): void {
    this.#show(Number.POSITIVE_INFINITY);
  }

  /** Runs once queries see everything written so far, at once if they do. Returns the way to cancel. */
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

  #follow(lag: Lag): void {
    this.#lag = lag;
    this.#cancel?.();
    this.#cancel = undefined;
    if (lag === 'immediate') this.release();
    this.#arm();
  }

  #arm(): void {
    const first = this.#pending[this.#shown];
    if (typeof this.#lag === 'string' || first === undefined || this.#cancel !== undefined) return;
    const { ms } = this.#lag;
    this.#cancel = this.#clock.after(first.writtenAt + ms - this.#clock.elapsed(), () => {
      this.#cancel = undefined;
      this.#show(this.#clock.elapsed() - ms);
      this.#arm();
    });
  }

  /** Shows what was written until `time`. */
  #show(time: number): void {
    const before = this.pending;
    for (let next = this.#pending[this.#shown]; next !== undefined; next = this.#pending[this.#shown]) {
      if (next.writtenAt > time) break;
      this.#shown++;
      next.show();
    }
    if (this.#shown === this.#pending.length || this.#shown > 1024) {
      this.#pending = this.#pending.slice(this.#shown);
      this.#shown = 0;
    }
    const writes = before - this.pending;
    if (writes > 0) this.#events.publish({ type: 'index.released', writes });
    const seen = this.#written - this.pending;
    const met = this.#barriers.filter(({ until }) => until <= seen);
    this.#barriers = this.#barriers.filter(({ until }) => until > seen);
    for (const { run } of met) run();
  }
}

const LAG = 'lag';
