/** A row to write; without a text it is removed. */
export interface Write {
  readonly key: string;
  readonly text: string | undefined;
}

/** Port: where the rows of a hub are kept. A hub in memory has none. */
export interface StateStore {
  /** Writes all rows or none. `isDurable`: resolves when a loss of power would not lose them. */
  write(writes: readonly Write[], isDurable: boolean): Promise<void>;
  /** The texts of rows as they are kept now; undefined for those that are not there. */
  readNow(keys: readonly string[]): (string | undefined)[];
  /** Number of rows whose keys begin with `prefix`. */
  count(prefix: string): Promise<number>;
  /** The rows whose keys begin with `prefix`, in portions and in the order of their keys. */
  scan(prefix: string): AsyncIterable<readonly KeptRow[]>;
  /** Somebody has removed the rows; files that are open can be read until it is opened again. */
  readonly isRemoved: boolean;
  /** After a write that failed. `empty`: the rows were removed. */
  reopen(): Promise<'same' | 'empty'>;
  close(): Promise<void>;
}

export interface KeptRow {
  readonly key: string;
  readonly text: string;
}

/** A folder that cannot be used, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** Why a store has failed, in its own words. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};
