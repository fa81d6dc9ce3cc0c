import type { Clock } from '../../kernel/clock.ts';

interface Waiting {
  /** On the hub's clock. */
  readonly due: number;
  readonly run: () => void;
}

/** Operations that wait for their turn on the hub's clock, and get it in the order in which they came. */
export class WaitingLine {
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #cancel: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Runs `run` in `ms`, but not before those that have waited longer. */
  add(ms: number, run: () => void): void {
    this.#waiting.push({ due: this.#clock.elapsed() + ms, run });
    if (this.#waiting.length === 1) this.#arm();
  }

  /** Runs those that wait now, in their order. */
  runAll(): void {
    this.#cancel();
    while (!this.isEmpty) this.#waiting.shift()?.run();
  }

  #arm(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#cancel = this.#clock.after(Math.max(0, first.due - this.#clock.elapsed()), () => this.#serve());
  }

  #serve(): void {
    const now = this.#clock.elapsed();
    while (this.#waiting[0] !== undefined && this.#waiting[0].due <= now) this.#waiting.shift()?.run();
    this.#arm();
  }
}
