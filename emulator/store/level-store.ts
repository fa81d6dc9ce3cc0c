import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassicLevel } from 'classic-level';
import { loadClassicLevel } from './classic-level.ts';
import type { KeptRow, StateStore, Write } from './state-store.ts';

/** Rows of a portion, and their bytes: enough to make reading fast, and little memory. */
const PORTION = 1_000;
const PORTION_BYTES = 1024 * 1024;
/** Keys that are counted at a time. */
const COUNTED = 20_000;
/** Bytes that LevelDB gathers before it makes a table of them. More of them make a start slower, fewer make writes slower. */
const WRITE_BUFFER = 16 * 1024 * 1024;

/**
 * The rows in a folder, with LevelDB: a batch has a checksum and is there as a whole or not at all.
 * https://github.com/google/leveldb/blob/main/doc/index.md
 */
export class LevelStore implements StateStore {
  readonly #folder: string;
  /** Is there as long as the folder is. */
  readonly #mark: string;
  readonly #level: ClassicLevel;

  private constructor(folder: string, level: ClassicLevel) {
    this.#folder = folder;
    this.#mark = join(folder, 'CURRENT');
    this.#level = level;
  }

  /** Opens a folder, which is created if there is none. Rejects with LevelDB's errors. */
  static async open(folder: string): Promise<LevelStore> {
    const Level = loadClassicLevel();
    const level = new Level(folder, { writeBufferSize: WRITE_BUFFER });
    await level.open({ passive: false });
    return new LevelStore(folder, level);
  }

  async write(writes: readonly Write[], isDurable: boolean): Promise<void> {
    // LevelDB goes on writing to files that were removed
    if (this.isRemoved) throw new Error(`${this.#folder} was removed`);
    const batch = this.#level.batch(); // an array of operations takes four times as long
    for (const { key, text } of writes) {
      if (text === undefined) batch.del(key);
      else batch.put(key, text);
    }
    await batch.write({ sync: isDurable });
  }

  readNow(keys: readonly string[]): (string | undefined)[] {
    return keys.map((key) => this.#level.getSync(key));
  }

  async count(prefix: string): Promise<number> {
    let count = 0;
    const keys = this.#level.keys({ ...rangeOf(prefix), fillCache: false, highWaterMarkBytes: PORTION_BYTES });
    try {
      for (let some = await keys.nextv(COUNTED); some.length > 0; some = await keys.nextv(COUNTED))
        count += some.length;
    } finally {
      await keys.close();
    }
    return count;
  }

  async *scan(prefix: string): AsyncIterable<readonly KeptRow[]> {
    const options = { ...rangeOf(prefix), fillCache: false, highWaterMarkBytes: PORTION_BYTES };
    const rows = this.#level.iterator(options);
    let reading = rows.nextv(PORTION);
    try {
      for (let some = await reading; some.length > 0; some = await reading) {
        reading = rows.nextv(PORTION); // while the caller works on these
        yield some.map(([key, text]) => ({ key, text }));
      }
    } finally {
      await reading.catch(() => undefined); // a caller may have had enough
      await rows.close();
    }
  }

  async reopen(): Promise<'same' | 'empty'> {
    const found = this.isRemoved ? 'empty' : 'same';
    await this.#level.close();
    await this.#level.open({ passive: false });
    return found;
  }

  /** Merges tables that have keys in common. */
  async compact(): Promise<void> {
    await this.#level.compactRange('', '\uffff');
  }

  async close(): Promise<void> {
    await this.#level.close();
  }

  get isRemoved(): boolean {
    return !existsSync(this.#mark);
  }
}

/** Prefixes end with NUL. */
const rangeOf = (prefix: string) => ({ gte: prefix, lt: `${prefix.slice(0, -1)}\u0001` });
