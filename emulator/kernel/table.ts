import { Heap } from './heap.ts';
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
export type TableView<R> = Pick<Table<R>, 'size' | 'end' | 'find' | 'slotOf' | 'at' | 'rows' | 'view' | 'watch'>;

/** Which key is in which slot, both ways. */
interface Keys {
  readonly slotOf: Map<string, number>;
  readonly at: (string | undefined)[];
}

/**
 * Rows by key, each in a numbered slot that stays its own until it is deleted; a new row gets the lowest slot that is
 * free. Rows are immutable: a change sets a new one.
 */
export class Table<R> implements Store<R>, StoreCopy<R> {
  #slots: (R | undefined)[] = [];
  #keys: Keys = { slotOf: new Map(), at: [] };
  /** True while a copy may use the same keys: they are copied before one is added or removed. */
  #areKeysShared = false;
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
    return this.#keys.slotOf.size;
  }

  /** One more than the highest slot in use. */
  get end(): number {
    return this.#slots.length;
  }

  find(key: string): R | undefined {
    const slot = this.#keys.slotOf.get(key);
    return slot === undefined ? undefined : this.#slots[slot];
  }

  slotOf(key: string): number | undefined {
    return this.#keys.slotOf.get(key);
  }

  at(slot: number): R | undefined {
    return this.#slots[slot];
  }

  /** Gives the row that was there before. */
  set(key: string, row: R): R | undefined {
    const slot = this.#keys.slotOf.get(key);
    return this.#write(slot ?? this.#occupy(key, this.#vacantSlot()), key, row);
  }

  /** Gives the row that was there. */
  delete(key: string): R | undefined {
    const slot = this.#keys.slotOf.get(key);
    if (slot === undefined) return undefined;
    this.#vacate(key, slot);
    return this.#write(slot, key, undefined);
  }

  *rows(): Generator<R> {
    for (const row of this.#slots) if (row !== undefined) yield row;
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
      at: (slot) => (before.size > 0 && before.has(slot) ? before.get(slot) : this.#slots[slot]),
      close: () => this.#views.delete(before),
    };
  }

  *entries(): Generator<Row<R>> {
    const view = this.view();
    const keys = this.#keys.at;
    this.#areKeysShared = true;
    try {
      for (let place = 0; place < view.end; place++) {
        const [key, value] = [keys[place], view.at(place)];
        if (key !== undefined && value !== undefined) yield { key, value, place };
      }
    } finally {
      view.close();
    }
  }

  /** The place is the slot. A row that is in it is removed: a later change says where it is. */
  load({ key, value, place }: RowChange<R>): void {
    const known = this.#keys.slotOf.get(key);
    if (value === undefined || (known !== undefined && place !== undefined && known !== place)) this.delete(key);
    if (value === undefined) return;
    if (place === undefined || this.#keys.slotOf.has(key)) {
      this.set(key, value);
      return;
    }
    const other = this.#keys.at[place];
    if (other !== undefined) this.delete(other);
    this.#extendTo(place);
    this.#write(this.#occupy(key, place), key, value);
  }

  /** A table with the same rows in the same slots, without watchers: rows are shared, being immutable. */
  copy(): Table<R> {
    const copy = new Table<R>();
    copy.#slots = this.#slots.slice();
    copy.#shareKeys(this);
    copy.#free = this.#free.copy();
    return copy;
  }

  /** As `copy`, with other rows in the places of these. */
  mapped(change: (row: R) => R): Table<R> {
    const copy = new Table<R>();
    copy.#slots = this.#slots.map((row) => (row === undefined ? undefined : change(row)));
    copy.#shareKeys(this);
    copy.#free = this.#free.copy();
    return copy;
  }

  /** Watchers are called for each slot that differs. */
  restore(copy: StoreCopy<R>): void {
    const from = copy instanceof Table ? (copy as Table<R>) : Table.of(copy); // a copy of this table has its rows
    const changes = this.#listener === undefined ? [] : this.#differences(from);
    const end = Math.max(this.#slots.length, from.#slots.length);
    for (let slot = 0; slot < end; slot++) {
      const after = from.#slots[slot];
      if (after !== this.#slots[slot]) this.#change(slot, after);
    }
    this.#slots.length = from.#slots.length;
    this.#shareKeys(from);
    this.#free = from.#free.copy();
    for (const { key, value, place } of changes) this.#listener?.(key, value, place);
  }

  /** What restores `from`, row by row; deletions come first, since a key may come back in another slot. */
  #differences(from: Table<R>): RowChange<R>[] {
    const deleted: RowChange<R>[] = [];
    const set: RowChange<R>[] = [];
    this.#keys.at.forEach((key, place) => {
      if (key !== undefined && from.#keys.at[place] !== key) deleted.push({ key, value: undefined, place });
    });
    from.#slots.forEach((value, place) => {
      const key = from.#keys.at[place];
      if (value === undefined || key === undefined) return;
      if (this.#keys.at[place] !== key || this.#slots[place] !== value) set.push({ key, value, place });
    });
    return [...deleted, ...set];
  }

  #shareKeys(from: Table<R>): void {
    this.#keys = from.#keys;
    this.#areKeysShared = true;
    from.#areKeysShared = true;
  }

  #ownKeys(): Keys {
    if (this.#areKeysShared) this.#keys = { slotOf: new Map(this.#keys.slotOf), at: this.#keys.at.slice() };
    this.#areKeysShared = false;
    return this.#keys;
  }

  #occupy(key: string, slot: number): number {
    const { slotOf, at } = this.#ownKeys();
    slotOf.set(key, slot);
    at[slot] = key;
    return slot;
  }

  #vacate(key: string, slot: number): void {
    const { slotOf, at } = this.#ownKeys();
    slotOf.delete(key);
    at[slot] = undefined;
    this.#free.push(slot);
  }

  #vacantSlot(): number {
    for (let slot = this.#free.pop(); slot !== undefined; slot = this.#free.pop())
      if (this.#keys.at[slot] === undefined) return slot;
    return this.#slots.length;
  }

  #extendTo(slot: number): void {
    const { at } = this.#ownKeys();
    for (let free = this.#slots.length; free < slot; free++) {
      this.#slots.push(undefined);
      at.push(undefined);
      this.#free.push(free);
    }
  }

  #write(slot: number, key: string, after: R | undefined): R | undefined {
    const before = this.#slots[slot];
    this.#keep(slot, before);
    this.#slots[slot] = after;
    this.#listener?.(key, after, slot, before);
    for (const watcher of this.#watchers) watcher(slot, before, after);
    return before;
  }

  #change(slot: number, after: R | undefined): void {
    const before = this.#slots[slot];
    this.#keep(slot, before);
    this.#slots[slot] = after;
    for (const watcher of this.#watchers) watcher(slot, before, after);
  }

  /** For open views. */
  #keep(slot: number, before: R | undefined): void {
    for (const view of this.#views) if (!view.has(slot)) view.set(slot, before);
  }
}

const ascending = (a: number, b: number): number => a - b;
