import { keySpace } from './change-feed.ts';
import type { Clock } from './clock.ts';
import { Heap } from './heap.ts';
import { StateMap } from './state-map.ts';

/** Something that is due at a time. It is data, so that it survives a snapshot and a restart. */
export interface Timer {
  /** Milliseconds since 1970 on the clock of the scheduler. */
  readonly at: number;
  /** Which action runs. */
  readonly kind: string;
  /** What it acts on; a later timer of the same kind and key replaces the earlier. */
  readonly key: string;
}

interface Entry {
  readonly timer: Timer;
  /** When it runs, by `elapsed` of the clock: a machine whose clock is set neither delays nor hastens it. */
  readonly due: number;
  readonly order: number;
}

/** Room: what is due when. One armed alarm, however many timers. */
export class Scheduler {
  readonly #clock: Clock;
  /** In the order in which they were put. */
  readonly #timers = new StateMap<Timer>();
  readonly #actions = new Map<string, (key: string) => void>();
  /** Earliest first; timers that were replaced or removed stay in it until they come up. */
  #heap = new Heap<Entry>(compare);
  #order = 0;
  #cancel: (() => void) | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  #isPaused = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get space() {
    return keySpace('timers', this.#timers);
  }

  /** What to do when a timer of `kind` falls due. */
  on(kind: string, act: (key: string) => void): void {
    this.#actions.set(kind, act);
  }

  put({ at, kind, key }: Timer): void {
    const timer = { at, kind, key };
    this.#timers.append(idOf(timer), timer);
    const entry = this.#entryOf(timer);
    this.#heap.push(entry);
    if (entry.due < this.#armedFor) this.#arm(entry.due);
  }

  find(kind: string, key: string): Timer | undefined {
    return this.#timers.get(idOf({ kind, key }));
  }

  remove(kind: string, key: string): void {
    this.#timers.delete(idOf({ kind, key }));
    if (this.#heap.size > SLACK + 2 * this.#timers.size)
      this.#heap = new Heap(
        compare,
        this.#heap.items.filter((entry) => this.#isCurrent(entry)),
      );
  }

  /** All timers in the order in which they fall due. */
  entries(): Timer[] {
    return [...this.#timers.values()].sort((a, b) => a.at - b.at);
  }

  /** When the next timer falls due. */
  get next(): number | undefined {
    const first = this.#first();
    return first && this.#clock.now() + first.due - this.#clock.elapsed();
  }

  /** Runs no timers until `resume`. */
  pause(): void {
    this.#disarm();
    this.#isPaused = true;
  }

  /** Runs timers that were loaded or restored, or fell due during a pause, from now on. */
  resume(): void {
    this.#isPaused = false;
    this.derive();
  }

  /** Takes up timers that were loaded, without an end to a pause. */
  derive(): void {
    this.#disarm();
    const entries = Array.from(this.#timers.values(), (timer) => this.#entryOf(timer));
    this.#heap = new Heap(compare, entries);
    const first = this.#first();
    if (first !== undefined) this.#arm(first.due);
  }

  /** What an action puts for now waits for its own turn: long work in short steps lets others in between. */
  #run(): void {
    this.#disarm();
    const end = this.#order;
    for (let next = this.#first(); next !== undefined && this.#isDue(next, end); next = this.#first()) {
      const { kind, key } = next.timer;
      this.#heap.pop();
      this.#timers.delete(idOf(next.timer));
      this.#actions.get(kind)?.(key);
    }
    const next = this.#first();
    if (next !== undefined && next.due < this.#armedFor) this.#arm(next.due);
  }

  #entryOf(timer: Timer): Entry {
    return { timer, due: this.#clock.elapsed() + timer.at - this.#clock.now(), order: this.#order++ };
  }

  #isDue({ due, order }: Entry, end: number): boolean {
    return due <= this.#clock.elapsed() && order < end;
  }

  #first(): Entry | undefined {
    for (let { first } = this.#heap; first !== undefined; { first } = this.#heap) {
      if (this.#isCurrent(first)) return first;
      this.#heap.pop();
    }
    return undefined;
  }

  #isCurrent({ timer }: Entry): boolean {
    return this.#timers.get(idOf(timer)) === timer;
  }

  #arm(due: number): void {
    if (this.#isPaused) return;
    this.#cancel?.();
    this.#armedFor = due;
    this.#cancel = this.#clock.after(due - this.#clock.elapsed(), () => this.#run());
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }
}

// stale entries that are not worth a rebuild
const SLACK = 64;

const idOf = ({ kind, key }: Pick<Timer, 'kind' | 'key'>): string => `${kind}\n${key}`;

const compare = (a: Entry, b: Entry): number => a.due - b.due || a.order - b.order;
