import { type JsonObject, put } from '../../../protocol/json.ts';
import type { Column, Query, Value } from './ast.ts';
import { isGrouped } from './ast.ts';
import type { Collection } from './collection.ts';
import { compileTest, type Reader } from './evaluate.ts';
import { newTally, resultOf } from './fold.ts';
import { type Page, type PageRequest, pageSize, readPlace, writePlace } from './page.ts';
import type { Fact, Group, Relations } from './relations.ts';
import { type Candidates, sweep } from './sweep.ts';

/** Facts handed over at once. */
const BATCH = 1024;

/** How a query is to be run. */
export interface Course<R> {
  readonly collection: Collection<R>;
  readonly relations: Relations;
  readonly candidates: Candidates | undefined;
  /** Groups known without looking at a row. */
  readonly groups: readonly Group[] | undefined;
  readonly effort: { examined: number };
}

/** One page of a query's answer, as of the moment it began; yields between slices of rows. Throws ArgumentInvalid. */
export function* run<R>(query: Query, request: PageRequest, course: Course<R>): Generator<void, Page> {
  return isGrouped(query) ? yield* groupPage(query, request, course) : yield* rowPage(query, request, course);
}

function* rowPage<R>(query: Query, request: PageRequest, course: Course<R>): Generator<void, Page> {
  const { collection } = course;
  const place = readPlace(query.text, request);
  const size = Math.min(pageSize(request), (query.top ?? Number.POSITIVE_INFINITY) - place.given);
  const found: R[] = [];
  // one row more than the page holds tells whether another page follows
  let next: number | undefined;
  if (size > 0)
    yield* sweep(sweepOf(query, course, place.next), (row, slot) => {
      if (found.length < size) found.push(row);
      else next = slot;
      return next === undefined && place.given + found.length !== query.top;
    });
  const show = project(query, collection);
  return {
    items: found.map(show),
    itemType: query.columns === undefined ? collection.itemType : 'Raw',
    continuation: next === undefined ? undefined : writePlace(query.text, { next, given: place.given + size }),
  };
}

function* groupPage<R>(query: Query, request: PageRequest, course: Course<R>): Generator<void, Page> {
  const place = readPlace(query.text, request);
  const end = place.next + pageSize(request);
  const columns = query.columns ?? [];
  const groups = course.groups ?? (yield* group(query, columns, course));
  // in one order on every page, whichever way the groups were found
  const shown = [...groups].sort(byTag).slice(0, query.top);
  return {
    items: shown.slice(place.next, end).map((group) => groupRow(query, columns, group)),
    itemType: 'Raw',
    continuation: end < shown.length ? writePlace(query.text, { next: end, given: end }) : undefined,
  };
}

/** Rows are counted in place: a fact for each would keep the garbage collector busy. */
function* countAll<R>(query: Query, columns: readonly Column[], course: Course<R>): Generator<void, readonly Group[]> {
  let n = 0;
  yield* sweep(sweepOf(query, course, 0), () => ++n > 0);
  return [{ tag: '', cells: [], n, tallies: columns.map(newTally) }];
}

function* group<R>(query: Query, columns: readonly Column[], course: Course<R>): Generator<void, readonly Group[]> {
  const { collection, relations } = course;
  const keys = query.groupBy.map((path) => collection.reader(path));
  const folds = folded(columns);
  if (keys.length === 0 && folds.every(({ fold }) => fold === 'count')) return yield* countAll(query, folds, course);
  const inputs = folds.map(({ fold, path }) => (fold === 'count' ? nothing : collection.reader(path)));
  let facts: Fact[] = [];
  let groups: readonly Group[] = [];
  let settled = 0;
  const flush = (): void => {
    if (facts.length > 0) groups = [...groups, ...relations.group(facts)];
    facts = [];
    // merging only when the list has doubled keeps the whole linear, however many groups there are
    if (groups.length < 2 * settled + BATCH) return;
    groups = relations.merge(groups);
    settled = groups.length;
  };
  yield* sweep(sweepOf(query, course, 0), (row) => {
    const cells = keys.length === 0 ? ALL : keys.map((read) => read(row));
    facts.push({ tag: tagOf(cells), cells, inputs: inputs.map((read) => read(row)) });
    if (facts.length === BATCH) flush();
    return true;
  });
  flush();
  const all = groups.length === 0 ? groups : relations.merge(groups);
  if (all.length > 0 || query.groupBy.length > 0) return all;
  return [{ tag: '', cells: [], n: 0, tallies: inputs.map(newTally) }];
}

const nothing = (): Value => undefined;

/** The key of the one group of all rows. */
const ALL: readonly Value[] = [];

const sweepOf = <R>(query: Query, { collection, candidates, effort }: Course<R>, from: number) => ({
  rows: collection.table,
  from,
  candidates,
  test: query.where && compileTest(query.where, collection),
  effort,
});

const project = <R>({ columns }: Query, collection: Collection<R>): ((row: R) => JsonObject) => {
  if (columns === undefined) return (row) => collection.render(row);
  const cells = columns.map(({ name, path }): readonly [string, Reader<R>] => [name, collection.reader(path)]);
  return (row) => objectOf(cells.map(([name, read]) => [name, read(row)]));
};

const groupRow = ({ groupBy }: Query, columns: readonly Column[], group: Group): JsonObject => {
  const keys = groupBy.map((path) => JSON.stringify(path));
  let fold = 0;
  return objectOf(
    columns.map((column) => {
      if (column.kind === 'path') return [column.name, group.cells[keys.indexOf(JSON.stringify(column.path))]];
      return [column.name, resultOf(column.fold, group.tallies[fold++] ?? newTally(), group.n)];
    }),
  );
};

const byTag = (a: Group, b: Group): number => (a.tag < b.tag ? -1 : 1);

/** Undefined members are left out; of two with one name the last stays. */
const objectOf = (cells: readonly (readonly [string, Value])[]): JsonObject => {
  const object: JsonObject = {};
  for (const [name, value] of cells) if (value !== undefined) put(object, name, value);
  return object;
};

const folded = (columns: readonly Column[]) => columns.filter((column) => column.kind === 'fold');

/** A text for a group's key that tells 5 from "5" and a missing value from null; members' order does not matter. */
export const tagOf = (cells: readonly Value[]): string => {
  const [only] = cells;
  if (cells.length === 0) return '';
  if (cells.length === 1 && typeof only === 'string') return `"${only}`;
  return JSON.stringify(
    cells.map((cell) => (cell === undefined ? [] : [cell])),
    inOrder,
  );
};

const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
