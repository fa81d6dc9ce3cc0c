import { type JsonObject, put } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { newTally, resultOf } from './aggregates.ts';
import type { Path, Query, Value } from './ast.ts';
import { isGrouped } from './ast.ts';
import { Batches } from './batches.ts';
import type { Collection } from './collection.ts';
import { Combiner } from './combiner.ts';
import { compileTest, type Reader } from './evaluate.ts';
import { type Count, Groups, groupsOf, oneGroup } from './groups.ts';
import { type Page, type PageRequest, pageSize, readContinuation, writeContinuation } from './page.ts';
import type { Group, Relations } from './relations.ts';
import { type Candidates, scan } from './scan.ts';
import { sorted } from './sorted.ts';

/** Fewer rows stay in the processor's cache, more or less, and there is little to gain by reading ahead. */
const MANY = 50_000;

/** What is needed to execute a query, as of one moment. */
export interface Execution<R> {
  readonly collection: Collection<R>;
  readonly relations: Relations;
  readonly limits: Pick<Limits, 'pageMax'>;
  readonly candidates: Candidates | undefined;
  /** The groups, if they are known without examining rows. */
  readonly counts: readonly Count[] | undefined;
  readonly stats: { examined: number };
}

/** One page of a query's result, as of the first step; yields between slices of rows. Throws ArgumentInvalid. */
export function* run<R>(query: Query, request: PageRequest, execution: Execution<R>): Generator<void, Page> {
  return isGrouped(query) ? yield* groupPage(query, request, execution) : yield* rowPage(query, request, execution);
}

function* rowPage<R>(query: Query, request: PageRequest, execution: Execution<R>): Generator<void, Page> {
  const { collection, limits } = execution;
  const start = readContinuation(query.text, request);
  const size = Math.min(pageSize(request, limits), (query.top ?? Number.POSITIVE_INFINITY) - start.given);
  const rows: R[] = [];
  // a row that no longer fits the page is where the next page starts
  let next: number | undefined;
  if (size > 0)
    yield* scan(scanOf(query, execution, start.next), (row, slot) => {
      if (rows.length < size) rows.push(row);
      else next = slot;
      return next === undefined && start.given + rows.length !== query.top;
    });
  const render = project(query, collection);
  return {
    items: rows.map(render),
    ...(query.columns === undefined && collection.write !== undefined ? { texts: rows.map(collection.write) } : {}),
    itemType: query.columns === undefined ? collection.itemType : 'Raw',
    continuation: next === undefined ? undefined : writeContinuation(query.text, { next, given: start.given + size }),
  };
}

function* groupPage<R>(query: Query, request: PageRequest, execution: Execution<R>): Generator<void, Page> {
  const start = readContinuation(query.text, request);
  const end = start.next + pageSize(request, execution.limits);
  // the same order on every page, however the groups were found
  const all = yield* sorted((yield* group(query, execution)).parts(), byTag);
  const shown = Math.min(all.length, query.top ?? Number.POSITIVE_INFINITY);
  return {
    items: all.slice(start.next, Math.min(end, shown)).map(groupRow(query)),
    itemType: 'Raw',
    continuation: end < shown ? writeContinuation(query.text, { next: end, given: end }) : undefined,
  };
}

/** The groups of a query with aggregates or GROUP BY, as of one moment; yields between slices. */
export function* group<R>(query: Query, execution: Execution<R>): Generator<void, Groups> {
  const { collection, counts, relations } = execution;
  const aggregates = (query.columns ?? []).filter((column) => column.kind === 'aggregate');
  if (counts !== undefined) return yield* groupsOf(counts);
  if (query.groupBy.length === 0 && aggregates.length === 0) return yield* countAll(query, execution);
  const keys = query.groupBy.map((path) => collection.reader(path));
  const inputs = aggregates.map(({ path }) => collection.reader(path));
  const groups = new Groups();
  const batches = new Batches(relations, groups);
  const combiner = new Combiner({ keys, inputs }, (part) => batches.add(part));
  const read = [...query.groupBy, ...aggregates.map(({ path }) => path)];
  yield* scan({ ...scanOf(query, execution, 0), prefetch: prefetchFor(query, collection, read) }, (row) => {
    combiner.add(row);
    return true;
  });
  yield* combiner.end();
  yield* batches.end();
  if (groups.size === 0 && query.groupBy.length === 0) return oneGroup(0, inputs.map(newTally));
  return groups;
}

/** How to read paths of many rows ahead; not of rows of which a condition may leave few. */
const prefetchFor = <R>({ where }: Query, { table, prefetch }: Collection<R>, paths: readonly Path[]) =>
  where === undefined && table.size > MANY ? prefetch?.(paths) : undefined;

/** Counts rows without batches: an object per row would keep the garbage collector busy. */
function* countAll<R>(query: Query, execution: Execution<R>): Generator<void, Groups> {
  let n = 0;
  yield* scan(scanOf(query, execution, 0), () => ++n > 0);
  return oneGroup(n);
}

const scanOf = <R>(query: Query, { collection, candidates, stats }: Execution<R>, from: number) => ({
  rows: collection.table,
  from,
  candidates,
  test: query.where && compileTest(query.where, collection),
  stats,
});

/** Makes the row of a result. */
export const project = <R>({ columns }: Query, collection: Collection<R>): ((row: R) => JsonObject) => {
  if (columns === undefined) return (row) => collection.render(row);
  const paths = columns.filter((column) => column.kind === 'path');
  const cells = paths.map(({ name, path }): readonly [string, Reader<R>] => [name, collection.reader(path)]);
  return (row) => objectOf(cells.map(([name, read]) => [name, read(row)]));
};

const groupRow = ({ groupBy, columns = [] }: Query): ((group: Group) => JsonObject) => {
  const keys = groupBy.map((path) => JSON.stringify(path));
  let aggregates = 0;
  const cells = columns.map((column): readonly [string, (group: Group) => Value] => {
    if (column.kind === 'count') return [column.name, ({ n }) => n];
    if (column.kind === 'path') {
      const key = keys.indexOf(JSON.stringify(column.path));
      return [column.name, (group) => group.cells[key]];
    }
    const index = aggregates++;
    return [column.name, ({ tallies }) => resultOf(column.aggregate, tallies[index] ?? newTally())];
  });
  return (group) => objectOf(cells.map(([name, read]) => [name, read(group)]));
};

const byTag = (one: Group, other: Group): boolean => one.tag < other.tag;

/** Undefined properties are left out; of two with one name, the last one stays. */
const objectOf = (cells: readonly (readonly [string, Value])[]): JsonObject => {
  const object: JsonObject = {};
  for (const [name, value] of cells) if (value !== undefined) put(object, name, value);
  return object;
};
