import type { Hub } from '../../../emulator/hub/hub.ts';
import { keyOfRow, textOfRow } from '../../../emulator/store/row-text.ts';
import type { KeptRow, StateStore, Write } from '../../../emulator/store/state-store.ts';

/** A store in memory that remembers each batch, writes one after the other, and fails when a test wants it to. */
export class MemoryStore implements StateStore {
  /** The rows after each batch. */
  readonly borders: ReadonlyMap<string, string>[] = [];
  #rows = new Map<string, string>();
  /** What a write fails with. */
  failure: Error | undefined;
  /** True: the rows are gone at the next `reopen`. */
  isRemoved = false;
  /** Holds writes back, for a test that looks at what waits. */
  gate: Promise<void> = Promise.resolve();

  constructor(rows: ReadonlyMap<string, string> = new Map()) {
    this.#rows = new Map(rows);
  }

  /** Has the rows of a hub as they are now. */
  fill({ changes }: Hub): void {
    for (const change of changes.entries()) this.#rows.set(keyOfRow(change), textOfRow(changes, change) ?? '');
  }

  get rows(): ReadonlyMap<string, string> {
    return this.#rows;
  }

  async write(writes: readonly Write[]): Promise<void> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const next = new Map(this.#rows);
    for (const { key, text } of writes) {
      if (text === undefined) next.delete(key);
      else next.set(key, text);
    }
    this.#rows = next;
    this.borders.push(next);
  }

  readNow(keys: readonly string[]): (string | undefined)[] {
    return keys.map((key) => this.#rows.get(key));
  }

  async count(prefix: string): Promise<number> {
    return [...this.#rows.keys()].filter((key) => key.startsWith(prefix)).length;
  }

  async *scan(prefix: string): AsyncGenerator<readonly KeptRow[]> {
    const keys = [...this.#rows.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) yield [{ key, text: this.#rows.get(key) ?? '' }];
  }

  async reopen(): Promise<'same' | 'empty'> {
    if (this.failure !== undefined) throw this.failure;
    if (!this.isRemoved) return 'same';
    this.#rows = new Map();
    this.isRemoved = false;
    return 'empty';
  }

  async close(): Promise<void> {}
}
