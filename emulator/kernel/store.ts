/** One row of a store. Values are immutable: a change puts a new value in the place of the old one. */
export interface Row<V> {
  readonly key: string;
  readonly value: V;
  /** Rows are listed by their places. */
  readonly place?: number | undefined;
}

/** A row after a change; no value means that it was deleted. */
export interface RowChange<V> {
  readonly key: string;
  readonly value: V | undefined;
  readonly place?: number | undefined;
}

/**
 * Gets each change of a store: no value means that the row was deleted. `before`: the value in the same place until now, if
 * the store knows it.
 */
export type StoreListener<V> = (
  key: string,
  value: V | undefined,
  place?: number | undefined,
  before?: V | undefined,
) => void;

/** The rows of one moment. */
export interface StoreCopy<V> {
  readonly size: number;
  find(key: string): V | undefined;
  entries(): Iterable<Row<V>>;
}

/** Rows under keys, with a listener for their changes. */
export interface Store<V> {
  /** Calls `listener` right after each change from now on, before anything else reacts to it; undefined: no longer. */
  setListener(listener: StoreListener<V> | undefined): void;
  /** All rows as they are when the first one is asked for, in their order. */
  entries(): Iterable<Row<V>>;
  /** Takes over a row, or its deletion, from `entries` or a change of another store: in any order. */
  load(change: RowChange<V>): void;
  copy(): StoreCopy<V>;
  /** Goes back to a copy. The listener gets each row that differs, deletions first. */
  restore(copy: StoreCopy<V>): void;
}
