/** What a watcher hears: the slot, the row before and the row after (undefined = none). */
export type Watcher<R> = (slot: number, before: R | undefined, after: R | undefined) => void;

/** The rows of one moment, readable while writers go on. */
export interface View<R> {
  /** Slots are 0 … end − 1; a slot may be empty. */
  readonly end: number;
  at(slot: number): R | undefined;
  close(): void;
}

/**
 * Rows by key, each in a numbered slot that stays its own until it is deleted.
 * Rows are immutable: whoever changes one sets a new one.
 */
export class Table<R> {
  #slots: (R | undefined)[] = [];
  #slotOf = new Map<string, number>();
  #free: number[] = [];
  /** True while a copy may have the same map: whoever adds or removes a key first copies it. */
  #isShared = false;
  readonly #watchers = new Set<Watcher<R>>();
  readonly #views = new Set<Map<number, R | undefined>>();

  get size(): number {
    return this.#slotOf.size;
  }

  /** One more than the highest slot in use. */
  get end(): number {
    return this.#slots.length;
  }

  find(key: string): R | undefined {
    const slot = this.#slotOf.get(key);
    return slot === undefined ? undefined : this.#slots[slot];
  }

  slotOf(key: string): number | undefined {
    return this.#slotOf.get(key);
  }

  at(slot: number): R | undefined {
    return this.#slots[slot];
  }

  set(key: string, row: R): void {
    const known = this.#slotOf.get(key);
    const slot = known ?? this.#free.pop() ?? this.#slots.length;
    if (known === undefined) this.#ownMap().set(key, slot);
    this.#change(slot, row);
  }

  delete(key: string): void {
    const slot = this.#slotOf.get(key);
    if (slot === undefined) return;
    this.#ownMap().delete(key);
    this.#free.push(slot);
    this.#change(slot, undefined);
  }

  *rows(): Generator<R> {
    for (const row of this.#slots) if (row !== undefined) yield row;
  }

  /** Calls `watcher` after each change. Returns the way to stop. */
  watch(watcher: Watcher<R>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
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

  /** A table with the same rows in the same slots, without watchers: rows are shared, being immutable. */
  copy(): Table<R> {
    const copy = new Table<R>();
    copy.#slots = this.#slots.slice();
    copy.#share(this);
    copy.#free = this.#free.slice();
    return copy;
  }

  /** Takes over the rows of `from`; watchers hear of each slot that differs. */
  restore(from: Table<R>): void {
    const end = Math.max(this.#slots.length, from.#slots.length);
    for (let slot = 0; slot < end; slot++) {
      const after = from.#slots[slot];
      if (after !== this.#slots[slot]) this.#change(slot, after);
    }
    this.#slots.length = from.#slots.length;
    this.#share(from);
    this.#free = from.#free.slice();
  }

  #share(from: Table<R>): void {
    this.#slotOf = from.#slotOf;
    this.#isShared = true;
    from.#isShared = true;
  }

  #ownMap(): Map<string, number> {
    if (this.#isShared) this.#slotOf = new Map(this.#slotOf);
    this.#isShared = false;
    return this.#slotOf;
  }

  #change(slot: number, after: R | undefined): void {
    const before = this.#slots[slot];
    for (const view of this.#views) if (!view.has(slot)) view.set(slot, before);
    this.#slots[slot] = after;
    for (const watcher of this.#watchers) watcher(slot, before, after);
  }
}
