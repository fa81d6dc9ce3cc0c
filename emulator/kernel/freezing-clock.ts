import type { Clock } from './clock.ts';

/** Runs what a timer does. */
type Turn = (run: () => void) => void;

/**
 * The machine's clock in a form that can be recorded: while somebody follows it, its time stands still between `freeze` and
 * `thaw`, durations are differences of that time, and each timer that fires is told.
 */
export class FreezingClock implements Clock {
  readonly #clock: Clock;
  #frozen: number | undefined;
  #turn: Turn | undefined;
  /** `elapsed` when it was 1970 on the clock. */
  #offset = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Another one of the same clock, which has no follower. */
  another(): FreezingClock {
    return new FreezingClock(this.#clock);
  }

  now(): number {
    return this.#frozen ?? this.#clock.now();
  }

  elapsed(): number {
    return this.#turn === undefined ? this.#clock.elapsed() : this.now() - this.#offset;
  }

  wake(at: number, run: () => void): () => void {
    return this.#clock.wake(at, () => this.#fire(run));
  }

  after(ms: number, run: () => void): () => void {
    return this.#clock.after(ms, () => this.#fire(run));
  }

  /** `turn` is called for each timer that fires, and runs it; undefined: no longer. */
  follow(turn: Turn | undefined): void {
    this.#offset = Math.round(this.#clock.now() - this.#clock.elapsed());
    this.#turn = turn;
  }

  /** True if it did not stand still before. */
  freeze(): boolean {
    const isFirst = this.#frozen === undefined;
    this.#frozen ??= this.#clock.now();
    return isFirst;
  }

  thaw(): void {
    this.#frozen = undefined;
  }

  #fire(run: () => void): void {
    if (this.#turn === undefined) run();
    else this.#turn(run);
  }
}
