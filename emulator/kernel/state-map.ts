import type { Row, RowChange, Store, StoreCopy, StoreListener } from './store.ts';

type Numbered<V> = Row<V> & { readonly place: number };

/** State of a room under keys, oldest row first. */
export class StateMap<V> implements Store<V> {
  #rows = new Map<string, Numbered<V>>();
  /** False if a row was loaded after a younger one. */
  #isSorted = true;
  /** Places are given in the order of age. */
  #nextPlace = 0;
  #listener: StoreListener<V> | undefined;

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): V | undefined {
    return this.#rows.get(key)?.value;
  }

  placeOf(key: string): number | undefined {
    return this.#rows.get(key)?.place;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  keys(): Iterable<string> {
    return this.#inOrder().keys();
  }

  *values(): Generator<V> {
    for (const { value } of this.#inOrder().values()) yield value;
  }

  /** A row that is there keeps its place. */
  set(key: string, value: V): void {
    const known = this.#rows.get(key);
    this.#put(key, value, known?.place ?? this.#nextPlace, known);
  }

  /** As `set`, but the row becomes the youngest. */
  append(key: string, value: V): void {
    this.#put(key, value, this.#nextPlace, this.#rows.get(key));
  }

  /** True if there was such a row. */
  delete(key: string): boolean {
    if (!this.#rows.delete(key)) return false;
    this.#listener?.(key, undefined);
    return true;
  }

  clear(): void {
    if (this.#listener === undefined) this.#rows.clear();
    for (const key of this.#rows.keys()) this.delete(key);
  }

  setListener(listener: StoreListener<V> | undefined): void {
    this.#listener = listener;
  }

  entries(): Iterable<Row<V>> {
    return [...this.#inOrder().values()];
  }

  load({ key, value, place = this.#nextPlace }: RowChange<V>): void {
    if (value === undefined) {
      this.delete(key);
      return;
    }
    this.#put(key, value, place, this.#rows.get(key));
  }

  copy(): StoreCopy<V> {
    return copyOf([...this.entries()]);
  }

  restore(copy: StoreCopy<V>): void {
    const wanted = new Map(Array.from(copy.entries(), (row) => [row.key, row]));
    for (const key of this.#rows.keys()) if (!wanted.has(key)) this.delete(key);
    for (const row of wanted.values()) {
      const known = this.#rows.get(row.key);
      if (known?.value !== row.value || known.place !== row.place) this.load(row);
    }
  }

  #put(key: string, value: V, place: number, known: Numbered<V> | undefined): void {
    const isInPlace = known?.place === place;
    if (!isInPlace) {
      this.#rows.delete(key);
      this.#isSorted &&= place >= this.#nextPlace;
    }
    this.#nextPlace = Math.max(this.#nextPlace, place + 1);
    this.#rows.set(key, { key, value, place });
    this.#listener?.(key, value, place, isInPlace ? known.value : undefined);
  }

  #inOrder(): ReadonlyMap<string, Numbered<V>> {
    if (!this.#isSorted) this.#rows = new Map([...this.#rows].sort(([, a], [, b]) => a.place - b.place));
    this.#isSorted = true;
    return this.#rows;
  }
}

export const copyOf = <V>(rows: readonly Row<V>[]): StoreCopy<V> => ({
  size: rows.length,
  find: (key) => rows.find((row) => row.key === key)?.value,
  entries: () => rows,
});
