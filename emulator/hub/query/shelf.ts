import type { CollectionName, Expression, Path, Query } from './ast.ts';
import { isGrouped } from './ast.ts';
import { candidatesOf, type Found, single, united } from './candidates.ts';
import type { Collection } from './collection.ts';
import { compileTest, type Test } from './evaluate.ts';
import type { Count } from './groups.ts';
import { Indexes, type IndexFacts } from './indexes.ts';
import type { Page, PageRequest } from './page.ts';
import { countedPath, type Lookup, lookupsOf, pathText } from './plan.ts';
import type { Relations } from './relations.ts';
import { type Course, group, run } from './run.ts';
import { type Candidates, sweep } from './sweep.ts';

/** How a query was answered. */
export interface Explanation {
  /** By looking at every row, at those that indexes name, at those under given keys, or at none. */
  readonly plan: 'scan' | 'index' | 'key' | 'counts';
  /** Paths whose indexes were used. */
  readonly index: readonly string[];
  /** Rows that could match as far as the indexes know; for a scan all of them. */
  readonly candidates: number;
  /** Rows that were looked at for this page. */
  readonly examined: number;
}

interface Plan {
  readonly plan: Explanation['plan'];
  readonly index: readonly string[];
  readonly size: number;
  readonly candidates: Candidates | undefined;
}

/** Above this part of all rows an index saves nothing. */
const WORTHWHILE = 0.5;

/** Different values whose counts are copied at once, in a millisecond or two; with more, rows are looked at. */
const MOST_COUNTED = 16_384;

/** Room: one collection, what indexes it has, and how a query is best answered. */
export class Shelf<R> {
  readonly #collection: Collection<R>;
  readonly #relations: Relations;
  readonly #indexes: Indexes<R>;

  constructor(collection: Collection<R>, relations: Relations) {
    this.#collection = collection;
    this.#relations = relations;
    this.#indexes = new Indexes(collection);
  }

  get name(): CollectionName {
    return this.#collection.name;
  }

  get indexes(): readonly IndexFacts[] {
    return this.#indexes.list();
  }

  /** Indexes a path without waiting for queries to ask for it; yields between slices. */
  *index(path: Path): Generator<void, void> {
    this.#indexes.use(path, true);
    yield* this.#indexes.build([path]);
  }

  /** Tells whether a row is meant, as it is now. */
  tester(where: Expression | undefined): Test<R> {
    return where === undefined ? () => true : compileTest(where, this.#collection);
  }

  /** The rows that are meant, as of one moment; yields between slices. */
  *select(where: Expression | undefined): Generator<void, readonly R[]> {
    const found: R[] = [];
    const lookups = lookupsOf(where);
    yield* this.#prepare(lookups.map(({ path }) => path));
    const { candidates } = this.#plan(lookups);
    const test = where && compileTest(where, this.#collection);
    yield* sweep(
      { rows: this.#collection.table, from: 0, candidates, test, effort: { examined: 0 } },
      (row) => found.push(row) > 0,
    );
    return found;
  }

  /** One page of an answer, as of one moment; yields between slices. Throws ArgumentInvalid. */
  *run(query: Query, request: PageRequest): Generator<void, Page> {
    return (yield* this.#answer(query, request)).page;
  }

  /** How many rows the whole answer has, pages aside; yields between slices. */
  *count(query: Query): Generator<void, number> {
    const most = query.top ?? Number.POSITIVE_INFINITY;
    if (!isGrouped(query)) return Math.min(most, (yield* this.select(query.where)).length);
    const [course] = yield* this.#course(query);
    return Math.min(most, (yield* group(query, course)).size);
  }

  /** Answers a page to tell how. Throws ArgumentInvalid. */
  *explain(query: Query, request: PageRequest): Generator<void, Explanation> {
    return (yield* this.#answer(query, request)).explanation;
  }

  *#answer(query: Query, request: PageRequest): Generator<void, { page: Page; explanation: Explanation }> {
    const [course, plan] = yield* this.#course(query);
    const page = yield* run(query, request, course);
    return {
      page,
      explanation: { plan: plan.plan, index: plan.index, candidates: plan.size, examined: course.effort.examined },
    };
  }

  /** How a query is to be run from this moment on. */
  *#course(query: Query): Generator<void, readonly [Course<R>, Plan]> {
    const lookups = lookupsOf(query.where);
    const counted = countedPath(query);
    yield* this.#prepare([...lookups.map(({ path }) => path), ...(counted === undefined ? [] : [counted])]);
    const counts = this.#counts(query, counted);
    const plan = counts === undefined ? this.#plan(lookups) : fromCounts(counted);
    const { candidates } = plan;
    const [collection, relations] = [this.#collection, this.#relations];
    return [{ collection, relations, candidates, counts, effort: { examined: 0 } }, plan];
  }

  *#prepare(paths: readonly Path[]): Generator<void, void> {
    const byName = new Map(paths.map((path) => [pathText(path), path] as const));
    const open = [...byName.values()].filter((path) => !this.#isKey(path));
    for (const path of open) this.#indexes.use(path);
    yield* this.#indexes.build(open);
  }

  #plan(lookups: readonly Lookup[]): Plan {
    const rows = this.#collection.table.size;
    for (const lookup of lookups) {
      const found = this.#underKeys(lookup);
      if (found !== undefined) return { plan: 'key', index: [], size: found.size, candidates: candidatesOf([found]) };
    }
    const used = lookups
      .map((lookup) => ({ name: pathText(lookup.path), found: this.#indexes.look(lookup) }))
      .filter((look): look is { name: string; found: Found } => isWorthwhile(look.found, rows));
    if (used.length === 0) return { plan: 'scan', index: [], size: rows, candidates: undefined };
    const found = used.map((look) => look.found);
    return {
      plan: 'index',
      index: [...new Set(used.map(({ name }) => name))],
      size: Math.min(...found.map(({ size }) => size)),
      candidates: candidatesOf(found),
    };
  }

  /** What groups there are and how large they are, where that can be told without looking at rows. */
  #counts(query: Query, counted: Path | undefined): readonly Count[] | undefined {
    const { size } = this.#collection.table;
    if (counted === undefined) return countsAll(query) ? [[[], size]] : undefined;
    const postings = this.#indexes.find(counted);
    const isTold = postings !== undefined && postings.compound.size === 0 && postings.values <= MOST_COUNTED;
    return isTold ? postings.counts(size) : undefined;
  }

  #isKey(path: Path): boolean {
    const { key, table } = this.#collection;
    return key !== undefined && table.isBehind !== true && pathText(key) === pathText(path);
  }

  #underKeys({ path, values }: Lookup): Found | undefined {
    if (values === undefined || !this.#isKey(path)) return undefined;
    const slots = values.map((value) => (typeof value === 'string' ? this.#collection.table.slotOf(value) : undefined));
    return united(slots.filter((slot) => slot !== undefined).map(single));
  }
}

const isWorthwhile = (found: Found | undefined, rows: number): boolean =>
  found !== undefined && found.size <= rows * WORTHWHILE;

/** True where every column is COUNT() of all rows. */
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
