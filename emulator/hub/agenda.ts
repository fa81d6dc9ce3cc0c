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

/** Room: what is due when. One armed alarm, however many entries. */
export class Agenda {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Due & { readonly order: number }>();
  readonly #actions = new Map<string, (key: string) => void>();
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
    this.#entries.set(idOf(due), { ...due, order: this.#order++ });
    if (due.at < this.#armedFor) this.#arm(due.at);
  }

  remove(kind: string, key: string): void {
    this.#entries.delete(idOf({ kind, key }));
  }

  /** All entries in the order in which they fall due. */
  entries(): Due[] {
    return [...this.#entries.values()]
      .sort((a, b) => a.at - b.at || a.order - b.order)
      .map(({ at, kind, key }) => ({ at, kind, key }));
  }

  clear(): void {
    this.#entries.clear();
    this.#disarm();
  }

  #run(): void {
    this.#disarm();
    for (let next = this.#first(); next !== undefined && next.at <= this.#clock.now(); next = this.#first()) {
      this.#entries.delete(idOf(next));
      this.#actions.get(next.kind)?.(next.key);
    }
    const next = this.#first();
    if (next !== undefined && next.at < this.#armedFor) this.#arm(next.at);
  }

  #first(): (Due & { readonly order: number }) | undefined {
    let first: (Due & { readonly order: number }) | undefined;
    for (const entry of this.#entries.values())
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry;
    return first;
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

const idOf = ({ kind, key }: Pick<Due, 'kind' | 'key'>): string => `${kind}\n${key}`;
