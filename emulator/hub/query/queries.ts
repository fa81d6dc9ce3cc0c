import { HubError } from '../../../protocol/errors.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import type { CollectionName, Path, Query } from './ast.ts';
import type { Executor, Explanation } from './executor.ts';
import type { IndexInfo } from './indexes.ts';
import { type LiveLimits, LiveQuery } from './live-query.ts';
import type { Page, PageRequest } from './page.ts';
import { parseQuery, type TextLimits } from './parse.ts';

/** Room: executes queries over the hub's collections. */
export class Queries {
  readonly #executors: ReadonlyMap<CollectionName, AnyExecutor>;
  readonly #limits: TextLimits;

  constructor(executors: readonly AnyExecutor[], limits: TextLimits = LIMITS.azure) {
    this.#limits = limits;
    this.#executors = new Map(executors.map((executor) => [executor.name, executor]));
  }

  /** Parses a query as it was received. Throws ArgumentNull if it is missing, ArgumentInvalid with a hint if it is wrong. */
  parse(text: unknown): Query {
    if (text === undefined || text === null) throw new HubError('ArgumentNull', 'BadRequest');
    if (typeof text !== 'string')
      throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'the query must be a string' });
    return parseQuery(text, this.#limits);
  }

  /** One page, as of the moment of the first step; yields between short slices. Throws ArgumentInvalid. */
  run(query: Query, request: PageRequest = {}): Generator<void, Page> {
    return this.#executor(query).run(query, request);
  }

  /** One page, without pauses. Throws ArgumentInvalid. */
  runNow(query: Query, request: PageRequest = {}): Page {
    return drain(this.run(query, request));
  }

  /** The number of rows of the whole result, all pages together. */
  count(query: Query): Generator<void, number> {
    return this.#executor(query).count(query);
  }

  /** Executes a query for one page and says how. Throws ArgumentInvalid. */
  explain(query: Query, request: PageRequest = {}): Generator<void, Explanation> {
    return this.#executor(query).explain(query, request);
  }

  /** Follows a query; close it, or it follows for ever. `tell` is called when there may be something to take. */
  live(query: Query, limits: LiveLimits, tell: () => void): LiveQuery {
    return new LiveQuery(this.#executor(query).live(query), limits, tell);
  }

  /** All indexes, by collection. */
  get indexes(): ReadonlyMap<CollectionName, readonly IndexInfo[]> {
    return new Map([...this.#executors].map(([name, executor]) => [name, executor.indexes]));
  }

  /** Builds the index of a path without waiting for queries that use it. Throws ArgumentInvalid. */
  index(from: CollectionName, path: Path): Generator<void, void> {
    return this.#executor({ from }).index(path);
  }

  #executor({ from }: Pick<Query, 'from'>): AnyExecutor {
    const executor = this.#executors.get(from);
    if (executor === undefined) throw new HubError('ArgumentInvalid', 'BadRequest', { hint: `there is no ${from}` });
    return executor;
  }
}

/** Runs a generator to its end. */
export const drain = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** An executor, whatever its rows are. */
type AnyExecutor = Pick<Executor<unknown>, 'name' | 'run' | 'count' | 'live' | 'explain' | 'index' | 'indexes'>;
