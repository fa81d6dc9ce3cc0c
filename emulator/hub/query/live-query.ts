import type { Json } from '../../../protocol/json.ts';
import type { Page } from './page.ts';

/** A row of the result and its place: rows are in the order of their places. */
export interface PlacedRow {
  readonly at: number;
  readonly row: Json;
}

/** What has become of the result of a live query. */
export type LiveUpdate =
  /** The whole result. */
  | { readonly type: 'rows'; readonly rows: readonly PlacedRow[] }
  | { readonly type: 'changes'; readonly rows: readonly PlacedRow[]; readonly removed: readonly number[] }
  /** The query is followed no longer. */
  | { readonly type: 'end'; readonly why: string };

export interface LiveLimits {
  readonly rows: number;
  /** Characters of all rows as JSON. */
  readonly characters: number;
}

/** What a live query needs of the collection that it reads. */
export interface LiveSource {
  /** False if one row can change others, as in groups and with TOP: the query is run again then. */
  readonly isRowByRow: boolean;
  /** Calls back with the slot of each row that changes. Returns the way to stop. */
  watch(changed: (slot: number) => void): () => void;
  /** All rows of the result with their slots, as of the first step. */
  scan(visit: (slot: number, row: Json) => void): Generator<void, void>;
  /** The row of the result in this slot, if there is one now. */
  at(slot: number): Json | undefined;
  /** The first page of the whole result. */
  run(most: number): Generator<void, Page>;
}

/** So many changed rows are looked at one by one; after more of them the query is run again. */
const MOST_CHANGED = 10_000;

/** The result of one query, which follows the rows. It keeps the result and which rows have changed since, and no more. */
export class LiveQuery {
  readonly #source: LiveSource;
  readonly #limits: LiveLimits;
  readonly #tell: () => void;
  readonly #stop: () => void;
  /** JSON of each row by its place. */
  readonly #known = new Map<number, string>();
  readonly #changed = new Set<number>();
  #characters = 0;
  #isStale = true;
  #isFirst = true;
  #hasNews = true;
  #hasEnded = false;

  /** `tell` is called when there may be something to `take`, once until then. */
  constructor(source: LiveSource, limits: LiveLimits, tell: () => void) {
    this.#source = source;
    this.#limits = limits;
    this.#tell = tell;
    this.#stop = source.watch((slot) => this.#note(slot));
  }

  /** What is new since the last call, at first the whole result; undefined if nothing is. Yields between short slices. */
  *take(): Generator<void, LiveUpdate | undefined> {
    if (this.#hasEnded) return undefined;
    this.#hasNews = false;
    try {
      if (!this.#isStale) return this.#follow();
      this.#isStale = false;
      return yield* this.#source.isRowByRow ? this.#scan() : this.#run();
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      this.close();
      return { type: 'end', why: error.message };
    }
  }

  close(): void {
    this.#hasEnded = true;
    this.#stop();
    this.#clear();
    this.#changed.clear();
  }

  #note(slot: number): void {
    if (!this.#source.isRowByRow || this.#changed.size >= MOST_CHANGED) {
      this.#isStale = true;
      this.#changed.clear();
    }
    if (!this.#isStale) this.#changed.add(slot);
    if (this.#hasNews) return;
    this.#hasNews = true;
    this.#tell();
  }

  *#scan(): Generator<void, LiveUpdate> {
    const rows: PlacedRow[] = [];
    this.#clear();
    yield* this.#source.scan((at, row) => {
      this.#keep(at, row);
      rows.push({ at, row });
    });
    return { type: 'rows', rows };
  }

  *#run(): Generator<void, LiveUpdate | undefined> {
    const { items, continuation } = yield* this.#source.run(this.#limits.rows);
    if (continuation !== undefined) throw this.#tooManyRows();
    const isSame =
      items.length === this.#known.size && items.every((row, at) => this.#known.get(at) === JSON.stringify(row));
    if (isSame && !this.#isFirst) return undefined;
    this.#isFirst = false;
    this.#clear();
    const rows = items.map((row, at) => ({ at, row }));
    for (const { at, row } of rows) this.#keep(at, row);
    return { type: 'rows', rows };
  }

  #follow(): LiveUpdate | undefined {
    const rows: PlacedRow[] = [];
    const removed: number[] = [];
    for (const at of this.#changed) {
      const row = this.#source.at(at);
      if (row === undefined) {
        if (this.#drop(at)) removed.push(at);
      } else if (this.#keep(at, row)) rows.push({ at, row });
    }
    this.#changed.clear();
    return rows.length + removed.length === 0 ? undefined : { type: 'changes', rows, removed };
  }

  /** False if the row is known already. */
  #keep(at: number, row: Json): boolean {
    const text = JSON.stringify(row);
    if (this.#known.get(at) === text) return false;
    this.#drop(at);
    this.#known.set(at, text);
    this.#characters += text.length;
    if (this.#known.size > this.#limits.rows) throw this.#tooManyRows();
    if (this.#characters > this.#limits.characters)
      throw new TooLarge(`The result has more than ${this.#limits.characters} characters: select fewer properties.`);
    return true;
  }

  #drop(at: number): boolean {
    this.#characters -= this.#known.get(at)?.length ?? 0;
    return this.#known.delete(at);
  }

  #clear(): void {
    this.#known.clear();
    this.#characters = 0;
  }

  #tooManyRows(): TooLarge {
    return new TooLarge(`The result has more than ${this.#limits.rows} rows: narrow the condition, or count them.`);
  }
}

class TooLarge extends Error {}
