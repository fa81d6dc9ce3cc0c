import { HubError } from '../../../protocol/errors.ts';
import { LIMITS, type Limits } from '../../../protocol/limits.ts';
import type { Aggregate, CollectionName, Column, Path, Query } from './ast.ts';
import { Cursor } from './cursor.ts';
import { GROUPED_COLLECTIONS, REFUSED_AS_ALIAS, TOO_LONG, unnamedColumn } from './dialect.ts';
import { readCondition, readPath } from './expression.ts';
import { lex } from './lex.ts';
import { canonical, columnName } from './names.ts';
import { badQuery, QuerySyntaxError, withDiagnosis } from './token.ts';

/** Parses a query. Throws ArgumentInvalid, with line, column and reason in its hint. */
export const parseQuery = (text: string, limits: TextLimits = LIMITS.azure): Query => {
  refuseLength(text, limits);
  return withDiagnosis(text, badQuery, () => {
    const cursor = new Cursor(lex(text));
    const query = readQuery(cursor, text);
    cursor.expectEnd();
    return query;
  });
};

export type TextLimits = Pick<Limits, 'queryLength'>;

/** Throws ArgumentInvalid if a text is longer than a query may be. */
export const refuseLength = (text: string, { queryLength }: TextLimits): void => {
  if (text.length <= queryLength) return;
  throw new HubError(TOO_LONG, 'BadRequest', {
    hint: `the text has ${text.length} characters, ${queryLength} are allowed`,
  });
};

/** Reads the collection after FROM. Throws QuerySyntaxError. */
export const readCollection = (cursor: Cursor): CollectionName => {
  const at = cursor.token.at;
  if (!cursor.takeWord('devices')) throw cursor.unexpected('devices, devices.modules or devices.jobs');
  if (!cursor.takeSymbol('.')) return 'devices';
  if (cursor.takeWord('modules')) return 'devices.modules';
  if (cursor.takeWord('jobs')) return 'devices.jobs';
  throw new QuerySyntaxError('the collections are devices, devices.modules and devices.jobs', at);
};

type Warn = (warning: string) => void;

/** A column as it is written. */
interface Item {
  readonly aggregate: Aggregate | 'count' | undefined;
  readonly path: Path;
  readonly alias: string | undefined;
  readonly at: number;
}

const readQuery = (cursor: Cursor, text: string): Query => {
  const warnings: string[] = [];
  const warn: Warn = (warning) => void warnings.push(warning);
  cursor.expectWord('select');
  const top = cursor.takeWord('top') ? readTop(cursor) : undefined;
  const items = cursor.takeSymbol('*') ? undefined : readItems(cursor, warn);
  cursor.expectWord('from');
  const from = readCollection(cursor);
  const where = cursor.takeWord('where') ? readCondition(cursor, { from, lists: true, warn }) : undefined;
  const groupAt = cursor.token.at;
  const groupBy = cursor.takeWord('group') ? readKeys(cursor, from, warn) : [];
  checkShape({ from, items, groupBy, groupAt });
  return { text, from, columns: items && nameColumns(items, from), where, groupBy, top, warnings };
};

const readTop = (cursor: Cursor): number => {
  const bracketed = cursor.takeSymbol('(');
  const { token } = cursor;
  if (token.kind !== 'constant' || !/^\d+$/.test(token.text)) throw cursor.unexpected('a whole number after TOP');
  cursor.next();
  if (bracketed) cursor.expectSymbol(')');
  return Number(token.text);
};

const readItems = (cursor: Cursor, warn: Warn): Item[] => {
  const items = [readItem(cursor, warn)];
  while (cursor.takeSymbol(',')) items.push(readItem(cursor, warn));
  return items;
};

const AGGREGATES: ReadonlyMap<string, Aggregate | 'count'> = new Map(
  (['count', 'sum', 'avg', 'min', 'max'] as const).map((name) => [name, name]),
);

const readItem = (cursor: Cursor, warn: Warn): Item => {
  const { at, text, kind } = cursor.token;
  const aggregate = kind === 'word' && cursor.isSymbol('(', 1) ? AGGREGATES.get(text.toLowerCase()) : undefined;
  const path = aggregate === undefined ? readPath(cursor, warn) : readAggregated(cursor, aggregate, warn);
  return { aggregate, path, alias: cursor.takeWord('as') ? readAlias(cursor) : undefined, at };
};

/** The path in `SUM(path)`; COUNT has none. */
const readAggregated = (cursor: Cursor, aggregate: Aggregate | 'count', warn: Warn): Path => {
  cursor.next();
  cursor.expectSymbol('(');
  const path = aggregate === 'count' ? [] : readPath(cursor, warn);
  cursor.expectSymbol(')');
  return path;
};

const readAlias = (cursor: Cursor): string => {
  const { token } = cursor;
  const usable = token.kind === 'quoted' || (token.kind === 'word' && !REFUSED_AS_ALIAS.has(token.text.toLowerCase()));
  if (!usable) throw cursor.unexpected('a name after AS');
  return cursor.next().text;
};

const readKeys = (cursor: Cursor, from: CollectionName, warn: Warn): Path[] => {
  cursor.expectWord('by');
  const keys = [canonical(from, readPath(cursor, warn))];
  while (cursor.takeSymbol(',')) keys.push(canonical(from, readPath(cursor, warn)));
  return keys;
};

interface Shape {
  readonly from: CollectionName;
  readonly items: readonly Item[] | undefined;
  readonly groupBy: readonly Path[];
  readonly groupAt: number;
}

/** Checks what each collection allows. https://learn.microsoft.com/azure/iot-hub/query-jobs */
const checkShape = ({ from, items, groupBy, groupAt }: Shape): void => {
  if (from === 'devices.jobs' && items !== undefined)
    throw new QuerySyntaxError('devices.jobs supports SELECT * only', items[0]?.at ?? 0);
  if (groupBy.length > 0 && items === undefined) throw new QuerySyntaxError('SELECT * cannot be grouped', groupAt);
  if (groupBy.length > 0 && !GROUPED_COLLECTIONS.has(from))
    throw new QuerySyntaxError(`${from} cannot be grouped`, groupAt);
  if (items === undefined || !(groupBy.length > 0 || items.some((item) => item.aggregate !== undefined))) return;
  const keys = new Set(groupBy.map((path) => JSON.stringify(path)));
  const isKey = ({ path }: Item): boolean => keys.has(JSON.stringify(canonical(from, path)));
  const ungrouped = items.find((item) => item.aggregate === undefined && !isKey(item));
  if (ungrouped === undefined) return;
  throw new QuerySyntaxError(`"${ungrouped.path.join('.')}" is not in GROUP BY`, ungrouped.at);
};

const nameColumns = (items: readonly Item[], from: CollectionName): Column[] => {
  let unnamed = 0;
  return items.map(({ aggregate, path, alias }) => {
    if (aggregate === undefined)
      return { kind: 'path', name: alias ?? columnName(from, path), path: canonical(from, path) };
    const name = alias ?? unnamedColumn(++unnamed);
    if (aggregate === 'count') return { kind: 'count', name };
    return { kind: 'aggregate', name, aggregate, path: canonical(from, path) };
  });
};
