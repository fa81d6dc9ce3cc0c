import { HubError } from '../../../protocol/errors.ts';
import type { CollectionName, Column, Fold, Path, Query } from './ast.ts';
import { Cursor } from './cursor.ts';
import { GROUPED_COLLECTIONS, LONGEST_TEXT, REFUSED_AS_ALIAS, TOO_LONG, unnamedColumn } from './dialect.ts';
import { readCondition, readPath } from './expression.ts';
import { lex } from './lex.ts';
import { canonical, columnName } from './names.ts';
import { badQuery, diagnosed, Flaw } from './token.ts';

/** Reads a query. Throws ArgumentInvalid, line, column and reason in its hint. */
export const parseQuery = (text: string): Query => {
  refuseLength(text);
  return diagnosed(text, badQuery, () => {
    const cursor = new Cursor(lex(text));
    const query = readQuery(cursor, text);
    cursor.needEnd();
    return query;
  });
};

/** Throws ArgumentInvalid where a text is longer than any query may be. */
export const refuseLength = (text: string): void => {
  if (text.length <= LONGEST_TEXT) return;
  throw new HubError(TOO_LONG, 'BadRequest', {
    hint: `the text has ${text.length} characters, ${LONGEST_TEXT} are allowed`,
  });
};

/** `FROM` and what follows it, up to WHERE or GROUP. */
export const readCollection = (cursor: Cursor): CollectionName => {
  const at = cursor.token.at;
  if (!cursor.takeWord('devices')) throw cursor.unexpected('devices, devices.modules or devices.jobs');
  if (!cursor.takeSymbol('.')) return 'devices';
  if (cursor.takeWord('modules')) return 'devices.modules';
  if (cursor.takeWord('jobs')) return 'devices.jobs';
  throw new Flaw('the collections are devices, devices.modules and devices.jobs', at);
};

interface Item {
  readonly fold: Fold | 'count' | undefined;
  readonly path: Path;
  readonly alias: string | undefined;
  readonly at: number;
}

const readQuery = (cursor: Cursor, text: string): Query => {
  const warnings: string[] = [];
  const warn = (warning: string): void => {
    warnings.push(warning);
  };
  cursor.needWord('select');
  const top = cursor.takeWord('top') ? readTop(cursor) : undefined;
  const items = cursor.takeSymbol('*') ? undefined : readItems(cursor, warn);
  cursor.needWord('from');
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
  if (bracketed) cursor.needSymbol(')');
  return Number(token.text);
};

const readItems = (cursor: Cursor, warn: (warning: string) => void): Item[] => {
  const items = [readItem(cursor, warn)];
  while (cursor.takeSymbol(',')) items.push(readItem(cursor, warn));
  return items;
};

const FOLDS: ReadonlyMap<string, Fold | 'count'> = new Map(
  (['count', 'sum', 'avg', 'min', 'max'] as const).map((fold) => [fold, fold]),
);

const readItem = (cursor: Cursor, warn: (warning: string) => void): Item => {
  const { at, text, kind } = cursor.token;
  const fold = kind === 'word' && cursor.isSymbol('(', 1) ? FOLDS.get(text.toLowerCase()) : undefined;
  const path = fold === undefined ? readPath(cursor, warn) : readFolded(cursor, fold, warn);
  return { fold, path, alias: cursor.takeWord('as') ? readAlias(cursor) : undefined, at };
};

const readFolded = (cursor: Cursor, fold: Fold | 'count', warn: (warning: string) => void): Path => {
  cursor.next();
  cursor.needSymbol('(');
  const path = fold === 'count' ? [] : readPath(cursor, warn);
  cursor.needSymbol(')');
  return path;
};

const readAlias = (cursor: Cursor): string => {
  const { token } = cursor;
  const usable = token.kind === 'quoted' || (token.kind === 'word' && !REFUSED_AS_ALIAS.has(token.text.toLowerCase()));
  if (!usable) throw cursor.unexpected('a name after AS');
  return cursor.next().text;
};

const readKeys = (cursor: Cursor, from: CollectionName, warn: (warning: string) => void): Path[] => {
  cursor.needWord('by');
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

/** What each collection allows. https://learn.microsoft.com/azure/iot-hub/query-jobs */
const checkShape = ({ from, items, groupBy, groupAt }: Shape): void => {
  if (from === 'devices.jobs' && items !== undefined)
    throw new Flaw('devices.jobs answers SELECT * only', items[0]?.at ?? 0);
  if (groupBy.length > 0 && items === undefined) throw new Flaw('SELECT * cannot be grouped', groupAt);
  if (groupBy.length > 0 && !GROUPED_COLLECTIONS.has(from)) throw new Flaw(`${from} cannot be grouped`, groupAt);
  if (items === undefined || !(groupBy.length > 0 || items.some((item) => item.fold !== undefined))) return;
  const keys = new Set(groupBy.map((path) => JSON.stringify(path)));
  const loose = items.find((item) => item.fold === undefined && !keys.has(JSON.stringify(canonical(from, item.path))));
  if (loose !== undefined) throw new Flaw(`"${loose.path.join('.')}" is not in GROUP BY`, loose.at);
};

const nameColumns = (items: readonly Item[], from: CollectionName): Column[] => {
  let unnamed = 0;
  return items.map(({ fold, path, alias }) => {
    if (fold === undefined) return { kind: 'path', name: alias ?? columnName(from, path), path: canonical(from, path) };
    const name = alias ?? unnamedColumn(++unnamed);
    return fold === 'count' ? { kind: 'count', name } : { kind: 'fold', name, fold, path: canonical(from, path) };
  });
};
