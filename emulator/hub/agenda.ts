import type { Clock } from './clock.ts';

/** Something that falls due: data, so that it survives a snapshot and a restart. */
export interface Due {
  /** Milliseconds since 1970 on the hub's clock. */
  readonly at: number;
  /** Which room acts. */
  readonly kind: string;
  /** What it acts on; a later entry of the same kind and key replaces the earlier. */
  readonly key: string;
}

type Entry = Due & { readonly order: number };

/** Room: what is due when. One armed alarm, however many entries. */
export class Agenda {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #actions = new Map<string, (key: string) => void>();
  /** Binary heap, earliest first; entries that were replaced or removed stay in it until they come up. */
  #heap: Entry[] = [];
  #order = 0;
  #cancel: (() => void) | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What to do when an entry of `kind` falls due. */
  on(kind: string, act: (key: string) => void): void {
    this.#actions.set(kind, act);
  }

  put(due: Due): void {
    const entry = { at: due.at, kind: due.kind, key: due.key, order: this.#order++ };
    this.#entries.set(idOf(due), entry);
    push(this.#heap, entry);
    if (due.at < this.#armedFor) this.#arm(due.at);
  }

  remove(kind: string, key: string): void {
    this.#entries.delete(idOf({ kind, key }));
    if (this.#heap.length > SLACK + 2 * this.#entries.size) this.#rebuild();
  }

  /** All entries in the order in which they fall due. */
  entries(): Due[] {
    return [...this.#entries.values()].sort(compare).map(({ at, kind, key }) => ({ at, kind, key }));
  }

  /** When the next entry falls due. */
  get next(): number | undefined {
    return this.#first()?.at;
  }

  clear(): void {
    this.#entries.clear();
    this.#heap = [];
    this.#disarm();
  }

  /** What an action puts for now waits for its own turn: long work in short steps lets others in between. */
  #run(): void {
    this.#disarm();
    const end = this.#order;
    for (let next = this.#first(); next !== undefined && this.#isDue(next, end); next = this.#first()) {
      pop(this.#heap);
      this.#entries.delete(idOf(next));
      this.#actions.get(next.kind)?.(next.key);
    }
    const next = this.#first();
    if (next !== undefined && next.at < this.#armedFor) this.#arm(next.at);
  }

  #isDue(entry: Entry, end: number): boolean {
    return entry.at <= this.#clock.now() && entry.order < end;
  }

  #first(): Entry | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#entries.get(idOf(first)) === first) return first;
      pop(this.#heap);
    }
    return undefined;
  }

  #rebuild(): void {
    this.#heap = [...this.#entries.values()].sort(compare);
  }

  #arm(at: number): void {
    this.#cancel?.();
    this.#armedFor = at;
    this.#cancel = this.#clock.wake(at, () => this.#run());
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }
}

// stale entries that are not worth a rebuild
const SLACK = 64;

const idOf = ({ kind, key }: Pick<Due, 'kind' | 'key'>): string => `${kind}\n${key}`;

const compare = (a: Entry, b: Entry): number => a.at - b.at || a.order - b.order;

const push = (heap: Entry[], entry: Entry): void => {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || compare(parent, entry) <= 0) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = entry;
};

const pop = (heap: Entry[]): void => {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const rightFirst = right !== undefined && compare(right, left) < 0;
    const child = rightFirst ? right : left;
    if (compare(last, child) <= 0) break;
    heap[at] = child;
    at = 2 * at + (rightFirst ? 2 : 1);
  }
  heap[at] = last;
};
