import type { Path, Scalar } from './ast.ts';
import { type Matches, none, single, union } from './candidates.ts';
import type { Collection } from './collection.ts';
import { type Lookup, pathText } from './plan.ts';
import { Postings } from './postings.ts';

/** The query that uses a path for this many times builds its index: many paths are used once only. */
const USES_BEFORE_INDEX = 2;

/** How much is kept; beyond that, the least recently used is dropped. */
interface Bounds {
  /** Paths whose uses are counted, indexed or not. */
  readonly paths: number;
  /** Indexes; each costs a few bytes per row and about a microsecond per write, twice that if it is used for ranges. */
  readonly indexes: number;
  /** Different values in all indexes together; each costs about 100 bytes, besides its text, which the twin has anyway. */
  readonly values: number;
}

const BOUNDS: Bounds = { paths: 512, indexes: 24, values: 4_000_000 };

/** What is reported of an index. */
export interface IndexInfo {
  readonly path: string;
  readonly isReady: boolean;
  readonly values: number;
  readonly rows: number;
}

/** Room: the indexes of one collection, built when queries use a path again, dropped when they no longer do. */
export class Indexes<R> {
  readonly #collection: Collection<R>;
  readonly #bounds: Bounds;
  /** The least recently used first. */
  readonly #paths = new Map<string, { uses: number; postings: Postings<R> | undefined }>();

  constructor(collection: Collection<R>, bounds = BOUNDS) {
    this.#collection = collection;
    this.#bounds = bounds;
  }

  /** Counts a use of a path, and begins its index if it is due. `now`: at the first use. */
  use(path: Path, now = false): void {
    const name = pathText(path);
    const known = this.#paths.get(name) ?? { uses: 0, postings: undefined };
    known.uses += 1;
    this.#paths.delete(name);
    this.#paths.set(name, known);
    if (now || known.uses >= USES_BEFORE_INDEX)
      known.postings ??= new Postings(this.#collection.table, this.#collection.reader(path));
    this.#bound();
  }

  /** Completes the indexes that were begun for these lookups; yields between slices. */
  *build(lookups: readonly Lookup[]): Generator<void, void> {
    for (const { path, range } of lookups) {
      const postings = this.#paths.get(pathText(path))?.postings;
      if (postings === undefined) continue;
      yield* postings.build();
      if (range !== undefined) yield* postings.sort();
    }
    this.#bound();
  }

  /** The index of a path, if it is complete. */
  postings(path: Path): Postings<R> | undefined {
    const postings = this.#paths.get(pathText(path))?.postings;
    return postings?.isReady === true ? postings : undefined;
  }

  /** The rows that a lookup matches; undefined if the path has no complete index. */
  find({ path, values, range }: Lookup): Matches | undefined {
    const postings = this.postings(path);
    if (postings === undefined) return undefined;
    if (range !== undefined) return postings.order?.between(range);
    if (values === undefined) return postings.defined;
    return union(values.map((value) => matchesOf(postings, value)));
  }

  list(): readonly IndexInfo[] {
    return [...this.#paths].flatMap(([path, { postings }]) =>
      postings === undefined
        ? []
        : [{ path, isReady: postings.isReady, values: postings.values, rows: postings.defined.size }],
    );
  }

  /** Drops every index and forgets all uses. */
  clear(): void {
    for (const { postings } of this.#paths.values()) postings?.close();
    this.#paths.clear();
  }

  #bound(): void {
    let indexes = 0;
    let values = 0;
    for (const [name, { postings }] of [...this.#paths].reverse()) {
      if (postings === undefined) continue;
      indexes += 1;
      values += postings.values;
      // the one used last stays, however large it is
      if (indexes > 1 && (indexes > this.#bounds.indexes || values > this.#bounds.values)) {
        values -= postings.values;
        postings.close();
        this.#paths.delete(name);
      }
    }
    for (const [name, { postings }] of this.#paths) {
      if (this.#paths.size <= this.#bounds.paths) return;
      postings?.close();
      this.#paths.delete(name);
    }
  }
}

const matchesOf = <R>(postings: Postings<R>, value: Scalar): Matches => {
  const slots = postings.of(value);
  if (slots === undefined) return none;
  return typeof slots === 'number' ? single(slots) : slots;
};
