import { Heap } from './heap.ts';
import { LaterRows } from './later-rows.ts';
import { SlotKeys } from './slot-keys.ts';
import type { Row, RowChange, Store, StoreCopy, StoreListener } from './store.ts';

/** Gets the slot, the row before and the row after (undefined = none). */
export type Watcher<R> = (slot: number, before: R | undefined, after: R | undefined) => void;

/** The rows of one moment, readable while writers go on. */
export interface View<R> {
  /** Slots are 0 … end − 1; a slot may be empty. */
  readonly end: number;
  at(slot: number): R | undefined;
  close(): void;
}

/** A table for reading. */
export type TableView<R> = Pick<
  Table<R>,
  'size' | 'end' | 'find' | 'slotOf' | 'at' | 'rows' | 'where' | 'view' | 'watch'
>;

/**
 * Rows by key, each in a numbered slot that stays its own until it is deleted; a new row gets the lowest slot that is
 * free. Rows are immutable: a change sets a new one.
 */
export class Table<R> implements Store<R>, StoreCopy<R> {
  #slots: (R | undefined)[] = [];
  /** What readers get for rows in `#slots`; undefined if these are what they get. */
  #later: LaterRows<R> | undefined;
  #keys = new SlotKeys();
  /** Every free slot below `end`, and some that `load` has filled since. */
  #free = new Heap<number>(ascending);
  #listener: StoreListener<R> | undefined;
  readonly #watchers = new Set<Watcher<R>>();
  readonly #views = new Set<Map<number, R | undefined>>();

  /** A table with these rows in their places. */
  static of<R>(copy: StoreCopy<R>): Table<R> {
    const table = new Table<R>();
    for (const row of copy.entries()) table.load(row);
    return table;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** One more than the highest slot in use. */
  get end(): number {
    return this.#slots.length;
  }

  find(key: string): R | undefined {
    const slot = this.#keys.slotOf(key);
    return slot === undefined ? undefined : this.at(slot);
  }

  slotOf(key: string): number | undefined {
    return this.#keys.slotOf(key);
  }

  at(slot: number): R | undefined {
    const row = this.#slots[slot];
    return this.#later === undefined || row === undefined ? row : this.#later.read(slot, row);
  }

  /** Gives the row that was there before. */
  set(key: string, row: R): R | undefined {
    const slot = this.#keys.slotOf(key);
    return this.#write(slot ?? this.#occupy(key, this.#vacantSlot()), key, row);
  }

  /** Gives the row that was there. */
  delete(key: string): R | undefined {
    const slot = this.#keys.slotOf(key);
    if (slot === undefined) return undefined;
    this.#vacate(key, slot);
    return this.#write(slot, key, undefined);
  }

  *rows(): Generator<R> {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const row = this.at(slot);
      if (row !== undefined) yield row;
    }
  }

  /** The rows that pass a test, which looks at nothing that `mapped` changes. */
  where(test: (row: R) => boolean): R[] {
    const found: R[] = [];
    this.#slots.forEach((row, slot) => {
      if (row !== undefined && test(row)) found.push(this.#later?.read(slot, row) ?? row);
    });
    return found;
  }

  /** Calls `watcher` after each change. Returns the way to stop. */
  watch(watcher: Watcher<R>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  setListener(listener: StoreListener<R> | undefined): void {
    this.#listener = listener;
  }

  /** The rows as they are now, kept by before-images of what is written later; close it, or they pile up. */
  view(): View<R> {
    const before = new Map<number, R | undefined>();
    this.#views.add(before);
    return {
      end: this.#slots.length,
      at: (slot) => (before.size > 0 && before.has(slot) ? before.get(slot) : this.at(slot)),
      close: () => this.#views.delete(before),
    };
  }

  *entries(): Generator<Row<R>> {
    const view = this.view();
    const keys = this.#keys.copy();
    try {
      for (let place = 0; place < view.end; place++) {
        const [key, value] = [keys.at(place), view.at(place)];
        if (key !== undefined && value !== undefined) yield { key, value, place };
      }
    } finally {
      view.close();
    }
  }

  /** The place is the slot. A row that is in it is removed: a later change says where it is. */
  load({ key, value, place }: RowChange<R>): void {
    const known = this.#keys.slotOf(key);
    if (value === undefined || (known !== undefined && place !== undefined && known !== place)) this.delete(key);
    if (value === undefined) return;
    if (place === undefined || this.#keys.slotOf(key) !== undefined) {
      this.set(key, value);
      return;
    }
    const other = this.#keys.at(place);
    if (other !== undefined) this.delete(other);
    this.#extendTo(place);
    this.#write(this.#occupy(key, place), key, value);
  }

  /** A table with the same rows in the same slots, without watchers: rows are shared, being immutable. */
  copy(): Table<R> {
    const copy = new Table<R>();
    copy.#slots = this.#slots.slice();
    copy.#later = this.#later;
    copy.#keys = this.#keys.copy();
    copy.#free = this.#free.copy();
    return copy;
  }

  /** As `copy`, with other rows of the same keys in the places of these. `change` is called when a row is read first. */
  mapped(change: (row: R) => R): Table<R> {
    const copy = this.copy();
    const later = this.#later;
    copy.#later = new LaterRows(copy.#slots.slice(), (row, slot) => change(later?.read(slot, row) ?? row));
    return copy;
  }

  /** Watchers are called for each slot that differs. */
  restore(copy: StoreCopy<R>): void {
    const from = copy instanceof Table ? (copy as Table<R>) : Table.of(copy); // a copy of this table has its rows
    if (this.#slots.length === 0) this.#later = from.#later;
    const isAlike = this.#later === from.#later;
    if (!isAlike) [this.#slots, this.#later] = [this.#rowsBySlot(), undefined];
    const after = isAlike ? from.#slots : from.#rowsBySlot();
    const changes = this.#listener === undefined ? [] : this.#differences(from, after);
    const end = Math.max(this.#slots.length, after.length);
    for (let slot = 0; slot < end; slot++) if (after[slot] !== this.#slots[slot]) this.#change(slot, after[slot]);
    this.#slots.length = after.length;
    this.#keys = from.#keys.copy();
    this.#free = from.#free.copy();
    for (const { key, value, place } of changes) this.#listener?.(key, value, place);
  }

  /** What restores `from`, row by row; deletions come first, since a key may come back in another slot. */
  #differences(from: Table<R>, after: readonly (R | undefined)[]): RowChange<R>[] {
    const deleted: RowChange<R>[] = [];
    const set: RowChange<R>[] = [];
    for (let place = 0; place < this.#slots.length; place++) {
      const key = this.#keys.at(place);
      if (key !== undefined && from.#keys.at(place) !== key) deleted.push({ key, value: undefined, place });
    }
    after.forEach((row, place) => {
      const key = from.#keys.at(place);
      if (row === undefined || key === undefined) return;
      if (this.#keys.at(place) !== key || this.#slots[place] !== row) set.push({ key, value: from.at(place), place });
    });
    return [...deleted, ...set];
  }

  /** The rows that readers get. */
  #rowsBySlot(): (R | undefined)[] {
    return this.#later === undefined ? this.#slots : this.#slots.map((_, slot) => this.at(slot));
  }

  #occupy(key: string, slot: number): number {
    this.#keys.set(key, slot);
    return slot;
  }

  #vacate(key: string, slot: number): void {
    this.#keys.delete(key, slot);
    this.#free.push(slot);
  }

  #vacantSlot(): number {
    for (let slot = this.#free.pop(); slot !== undefined; slot = this.#free.pop())
      if (this.#keys.at(slot) === undefined) return slot;
    return this.#slots.length;
  }

  #extendTo(slot: number): void {
    for (let free = this.#slots.length; free < slot; free++) {
      this.#slots.push(undefined);
      this.#free.push(free);
    }
  }

  #write(slot: number, key: string, after: R | undefined): R | undefined {
    const before = this.at(slot);
    this.#keep(slot, before);
    this.#slots[slot] = after;
    this.#listener?.(key, after, slot, before);
    for (const watcher of this.#watchers) watcher(slot, before, after);
    return before;
  }

  /** As `#write`, with a row as a copy keeps it. */
  #change(slot: number, row: R | undefined): void {
    const before = this.at(slot);
    this.#keep(slot, before);
    this.#slots[slot] = row;
    if (this.#watchers.size === 0) return;
    const after = this.at(slot);
    for (const watcher of this.#watchers) watcher(slot, before, after);
  }

  /** For open views. */
  #keep(slot: number, before: R | undefined): void {
    for (const view of this.#views) if (!view.has(slot)) view.set(slot, before);
  }
}

const ascending = (a: number, b: number): number => a - b;
