import { HubError } from '../../../protocol/errors.ts';
import type { CollectionName, Path, Query } from './ast.ts';
import type { IndexFacts } from './indexes.ts';
import type { Page, PageRequest } from './page.ts';
import { parseQuery } from './parse.ts';
import type { Explanation, Shelf } from './shelf.ts';

/** Room: answers queries over the hub's collections. */
export class Queries {
  readonly #shelves: ReadonlyMap<CollectionName, AnyShelf>;

  constructor(shelves: readonly AnyShelf[]) {
    this.#shelves = new Map(shelves.map((shelf) => [shelf.name, shelf]));
  }

  /** Reads a query as it came in. Throws ArgumentNull without a text, ArgumentInvalid with a hint for a wrong one. */
  parse(text: unknown): Query {
    if (text === undefined || text === null) throw new HubError('ArgumentNull', 'BadRequest');
    if (typeof text !== 'string') throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'the query is no text' });
    return parseQuery(text);
  }

  /** One page, as of the moment of the first step; drive it in short slices. Throws ArgumentInvalid. */
  run(query: Query, request: PageRequest = {}): Generator<void, Page> {
    return this.#shelf(query).run(query, request);
  }

  /** One page at once. */
  runNow(query: Query, request: PageRequest = {}): Page {
    return drain(this.run(query, request));
  }

  /** How many rows the whole answer has, pages aside. */
  count(query: Query): Generator<void, number> {
    return this.#shelf(query).count(query);
  }

  /** Answers a page, and tells how that was done. Throws ArgumentInvalid. */
  explain(query: Query, request: PageRequest = {}): Generator<void, Explanation> {
    return this.#shelf(query).explain(query, request);
  }

  /** The indexes there are, by collection. */
  get indexes(): ReadonlyMap<CollectionName, readonly IndexFacts[]> {
    return new Map([...this.#shelves].map(([name, shelf]) => [name, shelf.indexes]));
  }

  /** Indexes a path at once, as a second query would. Throws ArgumentInvalid. */
  index(from: CollectionName, path: Path): Generator<void, void> {
    return this.#shelf({ from }).index(path);
  }

  #shelf({ from }: Pick<Query, 'from'>): AnyShelf {
    const shelf = this.#shelves.get(from);
    if (shelf === undefined) throw new HubError('ArgumentInvalid', 'BadRequest', { hint: `there is no ${from}` });
    return shelf;
  }
}

/** Drives a generator to its end. */
export const drain = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** A shelf, whatever its rows are. */
type AnyShelf = Pick<Shelf<unknown>, 'name' | 'run' | 'count' | 'explain' | 'index' | 'indexes'>;
