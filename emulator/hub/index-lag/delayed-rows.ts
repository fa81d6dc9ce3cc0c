import type { TableView, View, Watcher } from '../../kernel/table.ts';
import type { Rows } from '../query/collection.ts';

/** Rows of a table without the writes that are held back. Views and watchers see the rows that are shown. */
export class DelayedRows<R> implements Rows<R> {
  readonly #table: TableView<R>;
  /** The row that is shown for a slot written since, and how many writes to it are held. */
  readonly #held = new Map<number, { row: R | undefined; writes: number }>();
  readonly #watchers = new Set<Watcher<R>>();
  readonly #views = new Set<Map<number, R | undefined>>();
  #size: number;
  #end: number;

  constructor(table: TableView<R>) {
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

  /** The slot in the table itself; not reliable while `isBehind`. */
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

  /** Shows a write at once. */
  show(slot: number, before: R | undefined, after: R | undefined): void {
    if (before === undefined && after !== undefined) this.#size++;
    if (before !== undefined && after === undefined) this.#size--;
    this.#end = Math.max(this.#end, slot + 1);
    for (const view of this.#views) if (!view.has(slot)) view.set(slot, before);
    for (const watcher of this.#watchers) watcher(slot, before, after);
  }

  /** Holds a write back: the row before it stays visible. */
  hold(slot: number, before: R | undefined): void {
    const held = this.#held.get(slot);
    if (held === undefined) this.#held.set(slot, { row: before, writes: 1 });
    else held.writes++;
  }

  /** Shows the oldest write to a slot that is held back; `after` is its row. */
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
