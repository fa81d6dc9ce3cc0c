import type { Rows } from './query/collection.ts';
import type { Table, View, Watcher } from './table.ts';

/** Rows of a table as they were before writes that are still held back; views and watchers see what is shown. */
export class LateRows<R> implements Rows<R> {
  readonly #table: Table<R>;
  /** The row that is shown for a slot written since, and how many writes to it are held. */
  readonly #held = new Map<number, { row: R | undefined; writes: number }>();
  readonly #watchers = new Set<Watcher<R>>();
  readonly #views = new Set<Map<number, R | undefined>>();
  #size: number;
  #end: number;

  constructor(table: Table<R>) {
    this.#table = table;
    this.#size = table.size;
    this.#end = table.end;
  }

  get size(): number {
    return this.#size;
  }

  get end(): number {
    return this.#end;
  }

  get isBehind(): boolean {
    return this.#held.size > 0;
  }

  at(slot: number): R | undefined {
    const held = this.#held.size === 0 ? undefined : this.#held.get(slot);
    return held === undefined ? this.#table.at(slot) : held.row;
  }

  /** By the table itself: tells nothing while `isBehind`. */
  slotOf(key: string): number | undefined {
    return this.#table.slotOf(key);
  }

  view(): View<R> {
    const before = new Map<number, R | undefined>();
    this.#views.add(before);
    return {
      end: this.#end,
      at: (slot) => (before.size > 0 && before.has(slot) ? before.get(slot) : this.at(slot)),
      close: () => this.#views.delete(before),
    };
  }

  watch(watcher: Watcher<R>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** A write that is seen at once. */
  show(slot: number, before: R | undefined, after: R | undefined): void {
    if (before === undefined && after !== undefined) this.#size++;
    if (before !== undefined && after === undefined) this.#size--;
    this.#end = Math.max(this.#end, slot + 1);
    for (const view of this.#views) if (!view.has(slot)) view.set(slot, before);
    for (const watcher of this.#watchers) watcher(slot, before, after);
  }

  /** A write that is seen later: until then the row before it stays. */
  hold(slot: number, before: R | undefined): void {
    const held = this.#held.get(slot);
    if (held === undefined) this.#held.set(slot, { row: before, writes: 1 });
    else held.writes++;
  }

  /** The oldest held write to a slot, which made `after` of it. */
  showHeld(slot: number, after: R | undefined): void {
    const held = this.#held.get(slot);
    if (held === undefined) return;
    const before = held.row;
    held.row = after;
    held.writes--;
    if (held.writes === 0) this.#held.delete(slot);
    this.show(slot, before, after);
  }
}
