import type { Path, Scalar } from './ast.ts';
import { type Found, none, single, united } from './candidates.ts';
import type { Collection } from './collection.ts';
import { type Lookup, pathText } from './plan.ts';
import { Postings } from './postings.ts';

/** A path is indexed when it is asked for the second time: many are asked for once only. */
const USES = 2;

/** How much is kept; beyond it the longest unused goes. */
interface Bounds {
  /** Paths that are remembered, indexed or not. */
  readonly paths: number;
  /** Indexes; each costs a few bytes per row and about a microsecond per write. */
  readonly indexes: number;
  /** Different values in all indexes together; each costs about 100 bytes, its text being the twin's own. */
  readonly values: number;
}

const BOUNDS: Bounds = { paths: 512, indexes: 24, values: 4_000_000 };

/** An index, told to whoever asks. */
export interface IndexFacts {
  readonly path: string;
  readonly isReady: boolean;
  readonly values: number;
  readonly rows: number;
}

/** Room: the indexes of one collection, made as queries ask for them and dropped when they no longer do. */
export class Indexes<R> {
  readonly #collection: Collection<R>;
  readonly #bounds: Bounds;
  /** The longest unused first. */
  readonly #paths = new Map<string, { uses: number; postings: Postings<R> | undefined }>();

  constructor(collection: Collection<R>, bounds = BOUNDS) {
    this.#collection = collection;
    this.#bounds = bounds;
  }

  /** Counts a path as asked for, and begins an index when it is due. `now` = at the first time. */
  use(path: Path, now = false): void {
    const name = pathText(path);
    const known = this.#paths.get(name) ?? { uses: 0, postings: undefined };
    known.uses += 1;
    this.#paths.delete(name);
    this.#paths.set(name, known);
    if (now || known.uses >= USES)
      known.postings ??= new Postings(this.#collection.table, this.#collection.reader(path));
    this.#bound();
  }

  /** Finishes what was begun at these paths; yields between slices. */
  *build(paths: readonly Path[]): Generator<void, void> {
    for (const path of paths) {
      const postings = this.#paths.get(pathText(path))?.postings;
      if (postings !== undefined) yield* postings.build();
    }
    this.#bound();
  }

  /** The index of a path, once it is complete. */
  find(path: Path): Postings<R> | undefined {
    const postings = this.#paths.get(pathText(path))?.postings;
    return postings?.isReady === true ? postings : undefined;
  }

  /** Rows that a lookup gives; undefined where no index can tell. */
  look({ path, values }: Lookup): Found | undefined {
    const postings = this.find(path);
    if (postings === undefined) return undefined;
    if (values === undefined) return postings.defined;
    return united(values.map((value) => holders(postings, value)));
  }

  list(): readonly IndexFacts[] {
    return [...this.#paths].flatMap(([path, { postings }]) =>
      postings === undefined
        ? []
        : [{ path, isReady: postings.isReady, values: postings.values, rows: postings.defined.size }],
    );
  }

  /** Drops every index and forgets what was asked for. */
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
      // the one in use stays, however large
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

const holders = <R>(postings: Postings<R>, value: Scalar): Found => {
  const slots = postings.of(value);
  if (slots === undefined) return none;
  return typeof slots === 'number' ? single(slots) : slots;
};
