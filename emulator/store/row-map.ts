import type { HubChange } from '../hub/changes.ts';
import type { RowName } from './row-text.ts';

/** What a row of the hub is, without its name. */
export interface RowState {
  /** Undefined: it is deleted. */
  readonly value: unknown;
  readonly place?: number | undefined;
}

/** A row with its name. */
export const changeOf = ({ space, key }: RowName, { value, place }: RowState): HubChange =>
  ({ space, key, value, place }) as HubChange; // each space has its own values

/** Something for each of many rows, by space and key: to join the two for each look-up would cost more than the look-up. */
export class RowMap<T> {
  readonly #spaces = new Map<string, Map<string, T>>();

  get isEmpty(): boolean {
    for (const rows of this.#spaces.values()) if (rows.size > 0) return false;
    return true;
  }

  get size(): number {
    let size = 0;
    for (const rows of this.#spaces.values()) size += rows.size;
    return size;
  }

  /** By space. Some of them may have no rows. */
  get spaces(): Iterable<readonly [space: string, rows: ReadonlyMap<string, T>]> {
    return this.#spaces;
  }

  find({ space, key }: RowName): T | undefined {
    return this.#spaces.get(space)?.get(key);
  }

  set({ space, key }: RowName, value: T): void {
    this.of(space).set(key, value);
  }

  delete({ space, key }: RowName): void {
    this.#spaces.get(space)?.delete(key);
  }

  clear(): void {
    this.#spaces.clear();
  }

  /** Those of a space, if there are any. */
  in(space: string): ReadonlyMap<string, T> | undefined {
    return this.#spaces.get(space);
  }

  /** Those of a space, to be changed. */
  of(space: string): Map<string, T> {
    const known = this.#spaces.get(space);
    if (known !== undefined) return known;
    const rows = new Map<string, T>();
    this.#spaces.set(space, rows);
    return rows;
  }

  *entries(): Generator<[name: RowName, value: T]> {
    for (const [space, rows] of this.#spaces) for (const [key, value] of rows) yield [{ space, key }, value];
  }
}
