import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';
import { readEvents } from '../../support/wire/server-sent-events.ts';

const follow = (port: number, query: string, more = '') =>
  readEvents(`http://127.0.0.1:${port}/live-query?query=${encodeURIComponent(query)}${more}`);

test('a live query sends its rows, and each change of them', async () => {
  await using admin = await startAdmin();
  const { next, stop } = await follow(admin.port, 'SELECT deviceId FROM devices WHERE tags.hall = 4');
  expect(await next()).toEqual({ type: 'rows', rows: [] });
  admin.hub.twins.patch('d1', { tags: { hall: 4 } });
  expect(await next()).toEqual({ type: 'changes', rows: [{ at: 0, row: { deviceId: 'd1' } }], removed: [] });
  admin.hub.twins.patch('d1', { tags: { hall: 5 } });
  expect(await next()).toEqual({ type: 'changes', rows: [], removed: [0] });
  stop();
});

test('a live query whose result gets too large says so, and the stream ends', async () => {
  await using admin = await startAdmin();
  const { next } = await follow(admin.port, 'SELECT deviceId FROM devices', '&limit=1');
  expect(await next()).toMatchObject({ type: 'rows' });
  admin.hub.registry.create({ deviceId: 'd2' }, {});
  expect([await next(), await next()]).toEqual([
    { type: 'end', why: 'The result has more than 1 rows: narrow the condition, or count them.' },
    undefined,
  ]);
});

test('a hundred changes come in one portion', async () => {
  await using admin = await startAdmin();
  const { next, stop } = await follow(admin.port, 'SELECT deviceId FROM devices');
  await next();
  for (let i = 0; i < 100; i++) admin.hub.registry.create({ deviceId: `n${i}` }, {});
  expect(await next()).toMatchObject({ type: 'changes', rows: { length: 100 } });
  stop();
});

test('no more than twenty live queries are open at once', async () => {
  await using admin = await startAdmin();
  const all = await Promise.all(Array.from({ length: 20 }, () => follow(admin.port, 'SELECT * FROM devices')));
  expect(await admin.ask('GET', '/live-query?query=SELECT%20*%20FROM%20devices')).toMatchObject({
    status: 429,
    body: { code: 'GenericTooManyRequests', error: '20 live queries are open: close one of them.' },
  });
  for (const { stop } of all) stop();
  await expect
    .poll(async () => {
      const { next, stop } = await follow(admin.port, 'SELECT * FROM devices');
      const first = await next();
      stop();
      return first;
    })
    .toMatchObject({ type: 'rows' });
});

test.each([
  ['query=SELECT', 'line 1, column 7'],
  ['', ''],
  ['query=SELECT%20*%20FROM%20devices&limit=1001', ''],
])('/live-query?%s is refused', async (query, hint) => {
  await using admin = await startAdmin();
  const { status, body } = await admin.ask('GET', `/live-query?${query}`);
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(hint)]);
});
