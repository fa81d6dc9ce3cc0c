import { type JsonObject, put } from '../../../protocol/json.ts';
import type { Query, Value } from './ast.ts';
import { isGrouped } from './ast.ts';
import { Batches } from './batches.ts';
import type { Collection } from './collection.ts';
import { compileTest, type Reader } from './evaluate.ts';
import { newTally, resultOf } from './fold.ts';
import { type Count, Groups, groupsOf, oneGroup } from './groups.ts';
import { keyReader } from './key.ts';
import { type Page, type PageRequest, pageSize, readPlace, writePlace } from './page.ts';
import type { Group, Relations } from './relations.ts';
import { sorted } from './sorted.ts';
import { type Candidates, sweep } from './sweep.ts';

/** How a query is to be run. */
export interface Course<R> {
  readonly collection: Collection<R>;
  readonly relations: Relations;
  readonly candidates: Candidates | undefined;
  /** Where indexes tell the groups without a look at rows. */
  readonly counts: readonly Count[] | undefined;
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
  // in one order on every page, whichever way the groups were found
  const all = yield* sorted((yield* group(query, course)).parts(), byTag);
  const shown = Math.min(all.length, query.top ?? Number.POSITIVE_INFINITY);
  return {
    items: all.slice(place.next, Math.min(end, shown)).map(groupRow(query)),
    itemType: 'Raw',
    continuation: end < shown ? writePlace(query.text, { next: end, given: end }) : undefined,
  };
}

/** The groups of a query that has aggregates or GROUP BY, as of one moment; yields between slices. */
export function* group<R>(query: Query, course: Course<R>): Generator<void, Groups> {
  const { collection, counts, relations } = course;
  const folds = (query.columns ?? []).filter((column) => column.kind === 'fold');
  if (counts !== undefined) return yield* groupsOf(counts);
  if (query.groupBy.length === 0 && folds.length === 0) return yield* countAll(query, course);
  const keyOf = keyReader(query.groupBy.map((path) => collection.reader(path)));
  const inputs = folds.map(({ path }) => collection.reader(path));
  const groups = new Groups();
  const batches = new Batches(relations, groups);
  yield* sweep(sweepOf(query, course, 0), (row) => {
    batches.add(keyOf(row), inputs, row);
    return true;
  });
  yield* batches.end();
  if (groups.size === 0 && query.groupBy.length === 0) return oneGroup(0, inputs.map(newTally));
  return groups;
}

/** Rows are counted in place: a fact for each would keep the garbage collector busy. */
function* countAll<R>(query: Query, course: Course<R>): Generator<void, Groups> {
  let n = 0;
  yield* sweep(sweepOf(query, course, 0), () => ++n > 0);
  return oneGroup(n);
}

const sweepOf = <R>(query: Query, { collection, candidates, effort }: Course<R>, from: number) => ({
  rows: collection.table,
  from,
  candidates,
  test: query.where && compileTest(query.where, collection),
  effort,
});

const project = <R>({ columns }: Query, collection: Collection<R>): ((row: R) => JsonObject) => {
  if (columns === undefined) return (row) => collection.render(row);
  const paths = columns.filter((column) => column.kind === 'path');
  const cells = paths.map(({ name, path }): readonly [string, Reader<R>] => [name, collection.reader(path)]);
  return (row) => objectOf(cells.map(([name, read]) => [name, read(row)]));
};

const groupRow = ({ groupBy, columns = [] }: Query): ((group: Group) => JsonObject) => {
  const keys = groupBy.map((path) => JSON.stringify(path));
  let folds = 0;
  const cells = columns.map((column): readonly [string, (group: Group) => Value] => {
    if (column.kind === 'count') return [column.name, ({ n }) => n];
    if (column.kind === 'path') {
      const key = keys.indexOf(JSON.stringify(column.path));
      return [column.name, (group) => group.cells[key]];
    }
    const fold = folds++;
    return [column.name, ({ tallies }) => resultOf(column.fold, tallies[fold] ?? newTally())];
  });
  return (group) => objectOf(cells.map(([name, read]) => [name, read(group)]));
};

const byTag = (one: Group, other: Group): boolean => one.tag < other.tag;

/** Undefined members are left out; of two with one name the last stays. */
const objectOf = (cells: readonly (readonly [string, Value])[]): JsonObject => {
  const object: JsonObject = {};
  for (const [name, value] of cells) if (value !== undefined) put(object, name, value);
  return object;
};
