/**
 * Rows that are made of those of a table when somebody reads them first: making all of a large table at once would take
 * longer than copying it.
 */
export class LaterRows<R> {
  readonly #sources: readonly (R | undefined)[];
  readonly #make: (row: R, slot: number) => R;
  readonly #made = new Map<number, R>();

  /** `sources`: the rows by slot, in an array that does not change. */
  constructor(sources: readonly (R | undefined)[], make: (row: R, slot: number) => R) {
    this.#sources = sources;
    this.#make = make;
  }

  /** The row that readers get for the one in a slot: the same if it is none of those that are made into others. */
  read(slot: number, row: R): R {
    if (this.#sources[slot] !== row) return row;
    const known = this.#made.get(slot);
    if (known !== undefined) return known;
    const made = this.#make(row, slot);
    this.#made.set(slot, made);
    return made;
  }
}
