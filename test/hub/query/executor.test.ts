import { expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { Executor, type Explanation } from '../../../emulator/hub/query/executor.ts';
import { Indexes } from '../../../emulator/hub/query/indexes.ts';
import { drain, Queries } from '../../../emulator/hub/query/queries.ts';
import { documents } from '../../support/hub/documents.ts';
import { refusal } from '../../support/hub/hub.ts';

const fleet = (size: number) => {
  const collection = documents('devices', []);
  for (let i = 0; i < size; i++)
    collection.table.set(`d${i}`, { deviceId: `d${i}`, tags: { site: `s${i % 50}`, even: i % 2 === 0 } });
  const executor = new Executor({ ...collection, key: ['deviceId'] }, alasqlRelations());
  const queries = new Queries([executor]);
  const ask = (text: string, request = {}) => queries.runNow(queries.parse(text), request);
  const explain = (text: string): Explanation => drain(queries.explain(queries.parse(text)));
  return { collection, executor, queries, ask, explain };
};

test('a first query scans; a second one builds an index and examines one page of matches and one more row', () => {
  const { explain } = fleet(10_000);
  const text = "SELECT * FROM devices WHERE tags.site = 's7'";
  expect(explain(text)).toEqual({ plan: 'scan', index: [], candidates: 10_000, examined: 5008 });
  expect(explain(text)).toEqual({ plan: 'index', index: ['tags.site'], candidates: 200, examined: 101 });
});

test('of several indexes, the most selective one gives candidates and the others filter them', () => {
  const { executor, explain } = fleet(1000);
  drain(executor.index(['tags', 'site']));
  drain(executor.index(['tags', 'even']));
  expect(explain("SELECT * FROM devices WHERE tags.even = true AND tags.site IN ['s1', 's2']")).toEqual({
    plan: 'index',
    index: ['tags.even', 'tags.site'],
    candidates: 40,
    examined: 20,
  });
});

test('ranges and prefixes are read from the order of an index, both ends of a range at once', () => {
  const collection = documents('devices', []);
  for (let i = 0; i < 10_000; i++)
    collection.table.set(`d${i}`, { tags: { serial: `s-${i}`, level: (i * 7919) % 10_000 } });
  const queries = new Queries([new Executor({ ...collection, key: ['deviceId'] }, alasqlRelations())]);
  const explain = (condition: string): Explanation => {
    const query = queries.parse(`SELECT * FROM devices WHERE ${condition}`);
    return [1, 2].map(() => drain(queries.explain(query)))[1] as Explanation;
  };
  const level = { plan: 'index', index: ['tags.level'] };
  expect(explain('tags.level < 40')).toEqual({ ...level, candidates: 40, examined: 40 });
  expect(explain('40 >= tags.level')).toEqual({ ...level, candidates: 41, examined: 41 });
  expect(explain('tags.level > 4000 AND tags.level <= 4900')).toEqual({ ...level, candidates: 900, examined: 101 });
  expect(explain("tags.level > 'a'")).toEqual({ ...level, candidates: 0, examined: 0 });
  expect(explain("tags.level > 5 AND tags.level < 'a'")).toEqual({ ...level, candidates: 0, examined: 0 });
  expect(explain("STARTSWITH(tags.serial, 's-12')")).toEqual({
    plan: 'index',
    index: ['tags.serial'],
    candidates: 111,
    examined: 101,
  });
  expect(explain("STARTSWITH(tags.serial, 's-1') AND tags.level < 100").index).toEqual(['tags.serial', 'tags.level']);
  expect(explain('tags.level > 1').plan).toBe('scan');
});

test('of a long range, all rows of the blocks where it begins and ends are examined, and those out of it are left out', () => {
  const collection = documents('devices', []);
  for (let i = 0; i < 30_000; i++) collection.table.set(`d${i}`, { tags: { level: (i * 7919) % 30_000 } });
  const queries = new Queries([new Executor(collection, alasqlRelations())]);
  const condition = 'tags.level >= 9000 AND tags.level < 22000';
  const ranged = queries.parse(`SELECT * FROM devices WHERE ${condition}`);
  const [, { plan, candidates, examined }] = [1, 2].map(() => drain(queries.explain(ranged))) as [never, Explanation];
  expect({ plan, isFew: examined < 110 }).toEqual({ plan: 'index', isFew: true });
  // blocks have up to 512 values
  expect(candidates).toBeGreaterThan(13_000);
  expect(candidates).toBeLessThan(13_000 + 2 * 512);
  const counted = queries.parse(`SELECT COUNT() AS n FROM devices WHERE ${condition}`);
  expect(queries.runNow(counted, {}).items).toEqual([{ n: 13_000 }]);
});

test('a value that many rows have is looked up, also where a long range begins at it', () => {
  const collection = documents('devices', []);
  for (let i = 0; i < 40_000; i++) collection.table.set(`d${i}`, { tags: { level: Math.max(0, i - 24_000) } });
  const queries = new Queries([new Executor(collection, alasqlRelations())]);
  const ranged = queries.parse('SELECT * FROM devices WHERE tags.level > 0 AND tags.level < 11000');
  const [, second] = [1, 2].map(() => drain(queries.explain(ranged)));
  expect(second).toMatchObject({ plan: 'index', examined: 101 });
});

test('an index that finds more than half of all rows is not used', () => {
  const { executor, explain } = fleet(1000);
  drain(executor.index(['tags', 'site']));
  expect(explain('SELECT * FROM devices WHERE is_defined(tags.site)').plan).toBe('scan');
});

test('a device is found by its id without an index', () => {
  const { explain } = fleet(1000);
  expect(explain("SELECT * FROM devices WHERE deviceId = 'd5' AND tags.even = false")).toEqual({
    plan: 'key',
    index: [],
    candidates: 1,
    examined: 1,
  });
  expect(explain("SELECT * FROM devices WHERE deviceId IN ['d5', 'unknown', 'd6']")).toMatchObject({ examined: 2 });
  const prefix = "SELECT * FROM devices WHERE STARTSWITH(deviceId, 'd99')";
  expect([explain(prefix).plan, explain(prefix)]).toEqual([
    'scan',
    { plan: 'index', index: ['deviceId'], candidates: 11, examined: 11 },
  ]);
});

test('counts by an indexed path examine no row', () => {
  const { ask, explain } = fleet(1000);
  const text = 'SELECT tags.even, COUNT() AS n FROM devices GROUP BY tags.even';
  const scanned = ask(text);
  expect(explain(text)).toEqual({ plan: 'counts', index: ['tags.even'], candidates: 0, examined: 0 });
  expect(ask(text)).toEqual(scanned);
  expect(scanned.items).toEqual([
    { even: false, n: 500 },
    { even: true, n: 500 },
  ]);
  expect(explain('SELECT COUNT() FROM devices')).toMatchObject({ plan: 'counts', examined: 0 });
});

test('the number of indexes is limited: the least recently used is dropped', () => {
  const { executor } = fleet(10);
  for (let i = 0; i < 40; i++) drain(executor.index(['tags', `p${i}`]));
  expect(executor.indexes.map(({ path }) => path)).toEqual(Array.from({ length: 24 }, (_, i) => `tags.p${i + 16}`));
});

test('the number of values in all indexes is limited, but the index used last stays', () => {
  const { collection } = fleet(100);
  const indexes = new Indexes(collection, { paths: 10, indexes: 10, values: 60 });
  const index = (...path: string[]): readonly (readonly [string, number])[] => {
    indexes.use(path, true);
    drain(indexes.build([{ path }]));
    return indexes.list().map(({ path, values }) => [path, values]);
  };
  expect(index('tags', 'even')).toEqual([['tags.even', 2]]);
  expect(index('tags', 'site')).toEqual([
    ['tags.even', 2],
    ['tags.site', 50],
  ]);
  expect(index('deviceId')).toEqual([['deviceId', 100]]);
});

test('a condition on hundreds of paths builds sixteen indexes only', () => {
  const { executor, explain } = fleet(10);
  const text = `SELECT * FROM devices WHERE ${Array.from({ length: 300 }, (_, i) => `is_defined(tags.p${i})`).join(' AND ')}`;
  for (const _ of [1, 2]) explain(text);
  expect(executor.indexes.map(({ path }) => path)).toEqual(Array.from({ length: 16 }, (_, i) => `tags.p${i}`));
});

test('pages neither repeat nor skip a row that existed all the time', () => {
  const { collection, ask } = fleet(60);
  const text = 'SELECT deviceId FROM devices WHERE tags.even = true';
  const first = ask(text, { maxItemCount: 10 });
  collection.table.delete('d0');
  collection.table.delete('d30');
  collection.table.set('new', { deviceId: 'new', tags: { even: true } });
  const second = ask(text, { maxItemCount: 100, continuation: first.continuation });
  expect(second.items.map((item) => JSON.stringify(item))).toEqual(
    // the new row took the place of d0, which the first page had passed
    ['d20', 'd22', 'd24', 'd26', 'd28', ...Array.from({ length: 14 }, (_, i) => `d${32 + 2 * i}`)].map((deviceId) =>
      JSON.stringify({ deviceId }),
    ),
  );
  expect(second.continuation).toBeUndefined();
});

test('groups come in pages, too, each group once', () => {
  const { ask } = fleet(1000);
  const text = 'SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site';
  const items: unknown[] = [];
  let continuation: string | undefined;
  do {
    const page = ask(text, { maxItemCount: 7, continuation });
    items.push(...page.items);
    continuation = page.continuation;
  } while (continuation !== undefined);
  expect(items).toHaveLength(50);
  expect(new Set(items.map((item) => JSON.stringify(item)))).toEqual(
    new Set(Array.from({ length: 50 }, (_, i) => JSON.stringify({ site: `s${i}`, n: 20 }))),
  );
});

test('TOP limits all pages together', () => {
  const { ask } = fleet(30);
  const text = 'SELECT TOP 15 deviceId FROM devices';
  const first = ask(text, { maxItemCount: 10 });
  const second = ask(text, { maxItemCount: 10, continuation: first.continuation });
  expect([first.items.length, second.items.length, second.continuation]).toEqual([10, 5, undefined]);
});

test('a page has at most a hundred items', () => {
  const { ask } = fleet(300);
  expect(
    [ask('SELECT * FROM devices'), ask('SELECT * FROM devices', { maxItemCount: 1000 })].map(
      ({ items }) => items.length,
    ),
  ).toEqual([100, 100]);
});

test('a continuation token of another query, an invalid one and a changed one are refused', () => {
  const { ask } = fleet(30);
  const { continuation } = ask('SELECT * FROM devices', { maxItemCount: 10 });
  const refused = { code: 'ArgumentInvalid', status: 400, message: 'BadRequest' };
  expect(refusal(() => ask('SELECT deviceId FROM devices', { continuation }))).toEqual(refused);
  expect(refusal(() => ask('SELECT * FROM devices', { continuation: 'unknown' }))).toEqual(refused);
  const [version, next, given, seal] = JSON.parse(atob(continuation ?? ''));
  const changed = btoa(JSON.stringify([version, next + 1, given, seal]));
  expect(refusal(() => ask('SELECT * FROM devices', { continuation: changed }))).toEqual(refused);
});

test('a query without a text is refused', () => {
  const { queries } = fleet(0);
  expect(refusal(() => queries.parse(null))).toEqual({ code: 'ArgumentNull', status: 400, message: 'BadRequest' });
});
