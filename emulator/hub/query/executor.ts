import { LIMITS } from '../../../protocol/limits.ts';
import type { CollectionName, Expression, Path, Query } from './ast.ts';
import { isGrouped } from './ast.ts';
import { candidatesOf, type Matches, single, union } from './candidates.ts';
import type { Collection } from './collection.ts';
import { compileTest, type Test } from './evaluate.ts';
import type { Count } from './groups.ts';
import { Indexes, type IndexInfo } from './indexes.ts';
import type { LiveSource } from './live-query.ts';
import type { Page, PageRequest } from './page.ts';
import { countedPath, type Lookup, lookupsOf, pathText } from './plan.ts';
import type { Relations } from './relations.ts';
import { type Execution, group, project, run } from './run.ts';
import { type Candidates, scan } from './scan.ts';

/** How a query was executed. */
export interface Explanation {
  /** Whether all rows were examined, those that indexes or keys name, or none, since an index knows the counts. */
  readonly plan: 'scan' | 'index' | 'key' | 'counts';
  /** The paths whose indexes were used. */
  readonly index: readonly string[];
  /** The number of rows that could match, as far as the indexes know; for a scan all rows. */
  readonly candidates: number;
  /** The number of rows that were examined for this page. */
  readonly examined: number;
}

interface Plan {
  readonly plan: Explanation['plan'];
  readonly index: readonly string[];
  readonly size: number;
  readonly candidates: Candidates | undefined;
}

/** An index that finds more than this share of all rows saves nothing. */
const MAX_SELECTIVITY = 0.5;

/** The counts of so many different values are copied in a millisecond or two; with more, the rows are examined. */
const MAX_COUNTS = 16_384;

/** Room: executes queries over one collection; owns its indexes. */
export class Executor<R> {
  readonly #collection: Collection<R>;
  readonly #relations: Relations;
  readonly #limits: Execution<R>['limits'];
  readonly #indexes: Indexes<R>;

  constructor(collection: Collection<R>, relations: Relations, limits: Execution<R>['limits'] = LIMITS.azure) {
    this.#limits = limits;
    this.#collection = collection;
    this.#relations = relations;
    this.#indexes = new Indexes(collection);
  }

  get name(): CollectionName {
    return this.#collection.name;
  }

  get indexes(): readonly IndexInfo[] {
    return this.#indexes.list();
  }

  /** Builds the index of a path before queries need it; yields between slices. */
  *index(path: Path): Generator<void, void> {
    this.#indexes.use(path, true);
    yield* this.#indexes.build([{ path }]);
  }

  /** A test whether a row, as it is now, matches a condition. */
  tester(where: Expression | undefined): Test<R> {
    return where === undefined ? () => true : compileTest(where, this.#collection);
  }

  /** The rows that match a condition, as of one moment; yields between slices. */
  *select(where: Expression | undefined): Generator<void, readonly R[]> {
    const rows: R[] = [];
    yield* this.#visit(where, (row) => void rows.push(row));
    return rows;
  }

  /** What a live query follows: the rows as queries see them. */
  live(query: Query): LiveSource {
    const { table } = this.#collection;
    const test = this.tester(query.where);
    const render = project(query, this.#collection);
    return {
      isRowByRow: !isGrouped(query) && query.top === undefined,
      watch: (changed) => table.watch((slot) => changed(slot)),
      scan: (visit) => this.#visit(query.where, (row, slot) => visit(slot, render(row))),
      at: (slot) => {
        const row = table.at(slot);
        return row !== undefined && test(row) ? render(row) : undefined;
      },
      run: (most) => this.#upTo(most, query),
    };
  }

  /** The first rows, more than a page may have. */
  *#upTo(most: number, query: Query): Generator<void, Page> {
    const [execution] = yield* this.#prepareExecution(query);
    return yield* run(query, { maxItemCount: most }, { ...execution, limits: { pageMax: most } });
  }

  *#visit(where: Expression | undefined, visit: (row: R, slot: number) => void): Generator<void, void> {
    const lookups = lookupsOf(where);
    yield* this.#prepare(lookups);
    const { candidates } = this.#plan(lookups);
    const test = where && compileTest(where, this.#collection);
    yield* scan({ rows: this.#collection.table, from: 0, candidates, test, stats: { examined: 0 } }, (row, slot) => {
      visit(row, slot);
      return true;
    });
  }

  /** One page of the result, as of one moment; yields between slices. Throws ArgumentInvalid. */
  *run(query: Query, request: PageRequest): Generator<void, Page> {
    return (yield* this.#execute(query, request)).page;
  }

  /** The number of rows of the whole result, all pages together; yields between slices. */
  *count(query: Query): Generator<void, number> {
    const top = query.top ?? Number.POSITIVE_INFINITY;
    if (!isGrouped(query)) return Math.min(top, (yield* this.select(query.where)).length);
    const [execution] = yield* this.#prepareExecution(query);
    return Math.min(top, (yield* group(query, execution)).size);
  }

  /** Executes a query for one page and says how. Throws ArgumentInvalid. */
  *explain(query: Query, request: PageRequest): Generator<void, Explanation> {
    return (yield* this.#execute(query, request)).explanation;
  }

  *#execute(query: Query, request: PageRequest): Generator<void, { page: Page; explanation: Explanation }> {
    const [execution, plan] = yield* this.#prepareExecution(query);
    const page = yield* run(query, request, execution);
    return {
      page,
      explanation: { plan: plan.plan, index: plan.index, candidates: plan.size, examined: execution.stats.examined },
    };
  }

  /** The plan for a query and what `run` needs to execute it, as of this moment. */
  *#prepareExecution(query: Query): Generator<void, readonly [Execution<R>, Plan]> {
    const lookups = lookupsOf(query.where);
    const counted = countedPath(query);
    yield* this.#prepare([...lookups, ...(counted === undefined ? [] : [{ path: counted }])]);
    const counts = this.#counts(query, counted);
    const plan = counts === undefined ? this.#plan(lookups) : fromCounts(counted);
    const { candidates } = plan;
    const [collection, relations, limits] = [this.#collection, this.#relations, this.#limits];
    return [{ collection, relations, limits, candidates, counts, stats: { examined: 0 } }, plan];
  }

  *#prepare(lookups: readonly Lookup[]): Generator<void, void> {
    const indexable = lookups.filter(({ path, range }) => range !== undefined || !this.#isKey(path));
    const byName = new Map(indexable.map(({ path }) => [pathText(path), path] as const));
    for (const path of byName.values()) this.#indexes.use(path);
    yield* this.#indexes.build(indexable);
  }

  #plan(lookups: readonly Lookup[]): Plan {
    const rows = this.#collection.table.size;
    for (const lookup of lookups) {
      const byKey = this.#matchesByKey(lookup);
      if (byKey !== undefined) return { plan: 'key', index: [], size: byKey.size, candidates: candidatesOf([byKey]) };
    }
    const used = lookups
      .map((lookup) => ({ name: pathText(lookup.path), matches: this.#indexes.find(lookup) }))
      .filter((one): one is { name: string; matches: Matches } => isSelective(one.matches, rows));
    if (used.length === 0) return { plan: 'scan', index: [], size: rows, candidates: undefined };
    const matches = used.map((one) => one.matches);
    return {
      plan: 'index',
      index: [...new Set(used.map(({ name }) => name))],
      size: Math.min(...matches.map(({ size }) => size)),
      candidates: candidatesOf(matches),
    };
  }

  /** The groups and their sizes, if they are known without examining rows. */
  #counts(query: Query, counted: Path | undefined): readonly Count[] | undefined {
    const { size } = this.#collection.table;
    if (counted === undefined) return countsAll(query) ? [[[], size]] : undefined;
    const postings = this.#indexes.postings(counted);
    const isKnown = postings !== undefined && postings.compound.size === 0 && postings.values <= MAX_COUNTS;
    return isKnown ? postings.counts(size) : undefined;
  }

  #isKey(path: Path): boolean {
    const { key, table } = this.#collection;
    return key !== undefined && table.isBehind !== true && pathText(key) === pathText(path);
  }

  #matchesByKey({ path, values }: Lookup): Matches | undefined {
    if (values === undefined || !this.#isKey(path)) return undefined;
    const slots = values.map((value) => (typeof value === 'string' ? this.#collection.table.slotOf(value) : undefined));
    return union(slots.filter((slot) => slot !== undefined).map(single));
  }
}

const isSelective = (matches: Matches | undefined, rows: number): boolean =>
  matches !== undefined && matches.size <= rows * MAX_SELECTIVITY;

/** True if every column is COUNT() of all rows. */
const countsAll = (query: Query): boolean =>
  isGrouped(query) &&
  query.groupBy.length === 0 &&
  query.where === undefined &&
  (query.columns ?? []).every(({ kind }) => kind === 'count');

const fromCounts = (counted: Path | undefined): Plan => ({
  plan: 'counts',
  index: counted === undefined ? [] : [pathText(counted)],
  size: 0,
  candidates: undefined,
});
