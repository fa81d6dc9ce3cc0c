import { expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { collectionsOf } from '../../../emulator/hub/collections.ts';
import { Executor } from '../../../emulator/hub/query/executor.ts';
import { type Place, prefetchOf } from '../../../emulator/hub/query/prefetch.ts';
import { Queries } from '../../../emulator/hub/query/queries.ts';
import { documents } from '../../support/hub/documents.ts';
import { newHub } from '../../support/hub/hub.ts';

/** A document that notes, in order, which member of which row was read. */
const watched = (name: string, members: object, read: string[]): object =>
  new Proxy(members, {
    get: (target, member) => {
      read.push(`${name}.${String(member)}`);
      return Reflect.get(target, member) as unknown;
    },
  });

const below = (paths: readonly (readonly string[])[]): readonly Place[] => paths.map((path) => ({ root: [], path }));

/** What is read of two rows for some paths. */
const readOf = (paths: readonly (readonly string[])[]): readonly string[] => {
  const read: string[] = [];
  const rows = ['a', 'b'].map((name) =>
    watched(name, { tags: watched(`${name}.tags`, { site: 's', level: 1 }, read) }, read),
  );
  prefetchOf(below(paths))?.(rows);
  return read;
};

test('a member of all rows is read before the next one', () => {
  const steps = ['a.tags', 'b.tags', 'a.tags', 'a.tags.site', 'b.tags', 'b.tags.site'];
  expect(readOf([['tags', 'site']]).slice(0, 6)).toEqual(steps);
});

test('what two paths have in common is read for both at once', () => {
  const [first, second, ...others] = readOf([
    ['tags', 'site'],
    ['tags', 'level'],
  ]);
  expect([first, second]).toEqual(['a.tags', 'b.tags']);
  expect(others.slice(0, 2)).toEqual(['a.tags', 'a.tags.site']);
});

const made = (places: readonly (readonly string[])[]) => {
  const prefetch = prefetchOf(below(places));
  expect(prefetch).toBeInstanceOf(Function);
  return (rows: readonly unknown[]) => prefetch?.(rows);
};

test('rows without the path, and with other values on the way to it, are passed over', () => {
  const rows = [{}, { tags: null }, { tags: 'text' }, { tags: [1] }, { tags: { site: { name: 5 } } }, undefined];
  expect(() => made([['tags', 'site', 'name']])(rows)).not.toThrow();
});

test('names of members are only names, whatever is in them', () => {
  const names = ['"]; throw 1; ["', '`$' + '{1}`', 'site.of the plant', "'"];
  const read: string[] = [];
  made([names, ...names.map((name) => [name])])([watched('a', {}, read)]);
  expect([...new Set(read)]).toEqual(names.map((name) => `a.${name}`));
});

test('nothing is read where a name may lead to what objects and functions inherit', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'length', '0'])
    expect(prefetchOf(below([['tags', name, 'caller']]))).toBeUndefined();
});

test('without paths there is nothing to read, and very long or many ones are not worth it', () => {
  expect(prefetchOf([])).toBeUndefined();
  expect(prefetchOf(below([Array(13).fill('a')]))).toBeUndefined();
  expect(prefetchOf(below(Array.from({ length: 9 }, (_, i) => [`a${i}`])))).toBeUndefined();
  expect(prefetchOf(below([Array(12).fill('a')]))).toBeInstanceOf(Function);
});

const fleet = (size: number) => {
  const collection = documents('devices', []);
  for (let i = 0; i < size; i++) collection.table.set(`d${i}`, { tags: { site: `s${i % 2}`, level: i } });
  collection.table.delete('d7');
  const asked: unknown[] = [];
  const read: number[] = [];
  const prefetch = (paths: readonly unknown[]) => {
    asked.push(paths);
    return (rows: readonly unknown[]) => void read.push(rows.filter((row) => row !== undefined).length);
  };
  const queries = new Queries([new Executor({ ...collection, prefetch }, alasqlRelations())]);
  return { asked, read, ask: (text: string) => queries.runNow(queries.parse(text), {}).items };
};

test('groups of more than 50,000 rows are read ahead, row by row what there is, and come out the same', () => {
  const { asked, read, ask } = fleet(50_010);
  const items = ask('SELECT tags.site AS s, COUNT() AS n, MAX(tags.level) AS most FROM devices GROUP BY tags.site');
  expect(items).toEqual([
    { s: 's0', n: 25_005, most: 50_008 },
    { s: 's1', n: 25_004, most: 50_009 },
  ]);
  expect(asked).toEqual([
    [
      ['tags', 'site'],
      ['tags', 'level'],
    ],
  ]);
  expect(read.reduce((sum, rows) => sum + rows, 0)).toBe(50_009);
});

test('nothing is read ahead of a few rows, or of rows of which a condition may leave few', () => {
  const few = fleet(1_000);
  few.ask('SELECT AVG(tags.level) AS mean FROM devices');
  expect(few.asked).toEqual([]);
  const many = fleet(50_010);
  many.ask('SELECT AVG(tags.level) AS mean FROM devices WHERE tags.level > 5 OR false');
  expect(many.asked).toEqual([]);
});

test('of a twin, tags and properties are read where the row has them, and nothing else', () => {
  const { hub } = newHub();
  const { devices } = collectionsOf(hub.fleet, hub.jobs.rows);
  const lastReadFor = (path: readonly string[]): string | undefined => {
    const read: string[] = [];
    const values = watched('values', { site: 's' }, read);
    const tags = watched('tags', { site: 's' }, read);
    const row = { twin: watched('twin', { tags, reported: watched('reported', { values }, read) }, read) };
    devices.prefetch?.([path])?.([row as never]);
    return read.at(-1);
  };
  expect(lastReadFor(['tags', 'site'])).toBe('tags.site');
  expect(lastReadFor(['properties', 'reported', 'site'])).toBe('values.site');
  expect(lastReadFor(['properties', 'reported', '$version'])).toBeUndefined();
  expect(lastReadFor(['properties', 'others', 'site'])).toBeUndefined();
  expect(lastReadFor(['status'])).toBeUndefined();
});
