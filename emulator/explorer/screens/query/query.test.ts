import { expect, test } from 'vitest';
import { ApiError, createClient } from '../../api/client.ts';
import { createService } from '../../api/service.ts';
import { cellOf, columnsOf, problemOf, QueryBox } from './data.ts';
import { caseTwins, completionsOf, pathsIn } from './paths.ts';
import { planText } from './plan.ts';
import { createSaved } from './saved.ts';
import { QUERY_SNIPPETS } from './snippets.ts';

test('an error is placed where the hub says it is', () => {
  const error = new ApiError('BadRequest', {
    status: 400,
    hint: 'line 2, column 7: expected a name or a value, found the end',
  });
  expect(problemOf(error, 'SELECT * FROM devices\nWHERE ')).toEqual({
    problem: 'Line 2, column 7: expected a name or a value, found the end',
    position: 28,
  });
  expect(problemOf(new Error('offline'), '')).toEqual({ problem: 'offline' });
});

test('a plan is told in words', () => {
  const found = { index: ['tags.location.plant'], candidates: 14, examined: 14, ms: 0.42 };
  expect(planText({ plan: 'index', ...found }, 12, false)).toBe(
    '12 rows · 0.4 ms · index on tags.location.plant, 14 examined',
  );
  expect(planText({ plan: 'scan', ...found, candidates: 30, examined: 30 }, 1, false)).toBe(
    '1 row · 0.4 ms · no index helps: all 30 examined',
  );
  expect(planText({ plan: 'key', ...found }, 100, true)).toBe('100 or more rows · 0.4 ms · found by id');
});

test('whole twins have the columns that people look at', () => {
  const row = {
    deviceId: 'd1',
    deviceEtag: 'x',
    properties: { reported: { a: 1, $version: 2 }, desired: {} },
    status: 'enabled',
  };
  expect(columnsOf([row]).map(({ name }) => name)).toEqual([
    'deviceId',
    'status',
    'connectionState',
    'tags',
    'reported',
    'desired',
  ]);
  expect([cellOf(row, 'status'), cellOf(row, 'reported'), cellOf(row, 'tags')]).toEqual([
    'enabled',
    { a: 1 },
    undefined,
  ]);
});

test('other rows have the columns that they have', () => {
  expect(columnsOf([{ a: 1 }, { b: 2, a: 3 }]).map(({ name }) => name)).toEqual(['a', 'b']);
});

const TWINS = [
  { deviceId: 'a', tags: { floor: 3 }, properties: { reported: { Connectivity: 'x' }, desired: {} } },
  { deviceId: 'b', tags: { floor: 4 }, properties: { reported: { connectivity: 'y' }, desired: {} } },
  { deviceId: 'c', properties: { reported: { connectivity: 'z', 'odd name': 1 }, desired: {} } },
];

test('paths are those that twins have, counted', () => {
  expect(pathsIn(TWINS)).toEqual([
    { path: 'properties.reported.[[odd name]]', devices: 1 },
    { path: 'properties.reported.connectivity', devices: 2 },
    { path: 'properties.reported.Connectivity', devices: 1 },
    { path: 'tags.floor', devices: 2 },
  ]);
});

test('of two paths that differ in case the rarer one is likely a mistake', () => {
  const [[rare, usual] = []] = caseTwins(pathsIn(TWINS));
  expect([rare?.path, usual?.path]).toEqual(['properties.reported.Connectivity', 'properties.reported.connectivity']);
});

test('completion offers paths, members of every twin and words of the language', () => {
  const labels = completionsOf(pathsIn(TWINS)).map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(['tags.floor', 'deviceId', 'SELECT', 'is_defined(']));
});

/** An EventSource of which the test is the server. */
const fakeSource = () => {
  const listeners = new Map<string, (event: { data: string }) => void>();
  const source = {
    readyState: 1,
    path: '',
    isClosed: false,
    addEventListener: (type: string, listener: never) => void listeners.set(type, listener),
    close() {
      source.isClosed = true;
    },
    send: (type: string, data: object) => listeners.get(type)?.({ data: JSON.stringify(data) }),
  };
  return source;
};

const boxOver = () => {
  const source = fakeSource();
  const client = createClient('', async (url) =>
    Response.json(url === '/explain' ? { plan: 'key', index: [], candidates: 1, examined: 1, ms: 0.1 } : [{ n: 0 }]),
  );
  const openSource = (path: string) => {
    source.path = path;
    return source;
  };
  const parts = { client, service: createService(client), offers: () => true, openSource };
  return { source, box: new QueryBox(parts, 'SELECT n FROM devices') };
};

test('a live result follows its rows in the order of their places', async () => {
  const { source, box } = boxOver();
  await box.follow(true);
  expect(source.path).toBe('/live-query?query=SELECT%20n%20FROM%20devices');
  source.send('rows', {
    rows: [
      { at: 0, row: { n: 1 } },
      { at: 4, row: { n: 2 } },
    ],
  });
  source.send('changes', {
    rows: [
      { at: 2, row: { n: 3 } },
      { at: 4, row: { n: 4 } },
    ],
    removed: [0],
  });
  expect(box.rows.value).toEqual([{ n: 3 }, { n: 4 }]);
  box.close();
  expect(source.isClosed).toBe(true);
});

test('a live result that ends says why, and the query is run once more', async () => {
  const { source, box } = boxOver();
  await box.follow(true);
  source.send('end', { why: 'The result has more than 1000 rows.' });
  expect([source.isClosed, box.isLive.value, box.ended.value]).toEqual([
    true,
    false,
    'The result has more than 1000 rows.',
  ]);
  await expect.poll(() => box.rows.value).toEqual([{ n: 0 }]);
  box.close();
});

test('a live result that is refused says so; one that lost its connection waits for it', async () => {
  const { source, box } = boxOver();
  await box.follow(true);
  source.send('error', {});
  expect(box.isLive.value).toBe(true);
  source.readyState = 2;
  source.send('error', {});
  expect(box.ended.value).toBe('The hub follows no more queries at present.');
  box.close();
});

test('saved queries are kept newest first, each once', () => {
  const kept = new Map<string, string>();
  const drafts = {
    read: (name: string) => kept.get(name),
    write: (name: string, text: string) => void kept.set(name, text),
  };
  const saved = createSaved(drafts);
  for (const text of ['a', 'b', 'a']) saved.add(text);
  expect(createSaved(drafts).list.value).toEqual(['a', 'b']);
  expect(createSaved({ read: () => '{broken', write: () => {} }).list.value).toEqual([]);
});

test('a query that is copied for a shell survives its quotes', () => {
  const az = QUERY_SNIPPETS.find(({ title }) => title === 'az');
  expect(az?.write("SELECT * FROM devices\nWHERE tags.x = 'y'")).toBe(
    `az iot hub query --query-command 'SELECT * FROM devices WHERE tags.x = '\\''y'\\''' --login "$IOTHUB_CONNECTION_STRING"`,
  );
});
