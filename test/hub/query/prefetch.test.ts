import { expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { Executor } from '../../../emulator/hub/query/executor.ts';
import { prefetchOf } from '../../../emulator/hub/query/prefetch.ts';
import { Queries } from '../../../emulator/hub/query/queries.ts';
import { documents } from '../../support/hub/documents.ts';

/** A document that notes, in order, which member of which row was read. */
const watched = (name: string, members: object, read: string[]): object =>
  new Proxy(members, {
    get: (target, member) => {
      read.push(`${name}.${String(member)}`);
      return Reflect.get(target, member) as unknown;
    },
  });

test('a member of all rows is read before the next one, and what two paths have in common is read for both at once', () => {
  const read: string[] = [];
  const rows = ['a', 'b'].map((name) => ({ tags: watched(name, { site: 's', level: 1 }, read) }));
  prefetchOf([
    ['tags', 'site'],
    ['tags', 'level'],
  ])?.(rows);
  expect([...new Set(read)]).toEqual(['a.site', 'b.site', 'a.level', 'b.level']);
});

test('rows without the path, and with other values on the way to it, are passed over', () => {
  const rows = [{}, { tags: null }, { tags: 'text' }, { tags: [1] }, { tags: { site: { name: 5 } } }, undefined];
  expect(() => prefetchOf([['tags', 'site', 'name']])?.(rows)).not.toThrow();
});

test('names of members are only names, whatever is in them', () => {
  const names = ['__proto__', 'constructor', '"]; throw 1; ["', '`${1}`', 'site.of the plant', '0'];
  expect(() => prefetchOf([names, ...names.map((name) => [name])])?.([{ '0': { length: 0 } }])).not.toThrow();
});

test('without paths there is nothing to read', () => {
  expect(prefetchOf([])).toBeUndefined();
  expect(prefetchOf([[], []])).toBeUndefined();
});

const fleet = (size: number) => {
  const collection = documents('devices', []);
  for (let i = 0; i < size; i++) collection.table.set(`d${i}`, { tags: { site: `s${i % 2}`, level: i } });
  collection.table.delete('d7');
  const read: number[] = [];
  const prefetch = () => (rows: readonly unknown[]) => void read.push(rows.length);
  const queries = new Queries([new Executor({ ...collection, prefetch }, alasqlRelations())]);
  return { read, ask: (text: string) => queries.runNow(queries.parse(text), {}).items };
};

test('groups of more than 50,000 rows are read ahead, row by row what there is, and come out the same', () => {
  const { read, ask } = fleet(50_010);
  const items = ask('SELECT tags.site AS s, COUNT() AS n, MAX(tags.level) AS most FROM devices GROUP BY tags.site');
  expect(items).toEqual([
    { s: 's0', n: 25_005, most: 50_008 },
    { s: 's1', n: 25_004, most: 50_009 },
  ]);
  expect(read.reduce((sum, rows) => sum + rows, 0)).toBe(50_009);
});

test('nothing is read ahead of a few rows, or of rows that a condition may rule out', () => {
  const few = fleet(1_000);
  few.ask('SELECT AVG(tags.level) AS mean FROM devices');
  expect(few.read).toEqual([]);
  const many = fleet(50_010);
  many.ask('SELECT AVG(tags.level) AS mean FROM devices WHERE tags.level > 5 OR false');
  expect(many.read).toEqual([]);
});
