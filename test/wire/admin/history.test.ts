import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('history lists versions, gives one and compares two, and twins can be read as of a moment', async () => {
  await using admin = await startAdmin();
  const { hub } = admin;
  hub.registry.create({ deviceId: 'h1' }, {});
  const created = hub.events.sequence;
  hub.twins.patch('h1', { tags: { hall: 1 } });
  hub.twins.report('h1', { celsius: 20 });
  const list = await admin.ask('GET', '/history/h1');
  expect(list.body).toMatchObject([
    { version: 1, event: created, at: '2026-01-01T00:00:00.000Z', by: 'program', changes: [] },
    { version: 2, by: 'program', changes: [{ path: 'tags', after: { hall: 1 } }] },
    { version: 3, by: 'device h1', changes: [{ path: 'properties.reported.celsius', after: 20 }] },
  ]);
  expect((await admin.ask('GET', '/history/h1/2')).body).toMatchObject({ version: 2, twin: { tags: { hall: 1 } } });
  expect((await admin.ask('GET', '/history/h1/3?against=1')).body).toMatchObject({
    changes: [{ path: 'properties.reported.celsius' }, { path: 'tags' }],
  });
  expect((await admin.ask('GET', `/at/${created + 1}/twins/h1`)).body).toMatchObject({
    tags: { hall: 1 },
    properties: { reported: { $version: 1 } },
  });
  const query = 'SELECT deviceId FROM devices WHERE tags.hall = 1';
  expect((await admin.ask('POST', `/at/${created + 1}/query`, { query })).body).toEqual({
    items: [{ deviceId: 'h1' }],
    continuation: null,
  });
  expect((await admin.ask('POST', `/at/${created}/query`, { query })).body).toMatchObject({ items: [] });
});

test.each([
  ['/history/nobody', 404, 'DeviceNotFound'],
  ['/history/h1/0', 400, 'ArgumentInvalid'],
  ['/history/h1/9', 404, 'GenericNotFound'],
  ['/at/yesterday/twins/h1', 400, 'ArgumentInvalid'],
  ['/at/999999/twins/h1', 400, 'ArgumentInvalid'],
  ['/at/1999-01-01T00:00:00Z/twins/h1', 404, 'GenericNotFound'],
])('%s is refused with %i %s', async (path, status, code) => {
  await using admin = await startAdmin();
  admin.hub.registry.create({ deviceId: 'h1' }, {});
  expect(await admin.ask('GET', path)).toMatchObject({ status, body: { code } });
});
