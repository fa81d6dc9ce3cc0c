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

interface Latest {
  readonly id: string;
  readonly version: number;
  readonly event: number;
  readonly what: string;
  readonly changes: readonly { readonly path: string }[];
}

test('the latest versions of all twins are told newest first, with who changed what', async () => {
  await using admin = await startAdmin();
  const { hub } = admin;
  const ask = async (query = ''): Promise<readonly Latest[]> =>
    (await admin.ask('GET', `/history${query}`)).body as readonly Latest[];
  const [before] = await ask();
  expect(before).toMatchObject({ id: 'd1', version: 1, what: 'created', by: 'program', changes: [] });
  hub.registry.create({ deviceId: 'h1' }, {});
  hub.registry.create({ deviceId: 'h1', moduleId: 'm' }, {});
  hub.actors.as({ kind: 'policy', id: 'service' }, () => hub.twins.patch('h1', { tags: { hall: 1 } }));
  hub.twins.report('d1', { celsius: 20 });
  hub.twins.report('d1', { celsius: 21 });
  hub.registry.delete({ deviceId: 'h1', moduleId: 'm' }, '*');
  const all = await ask();
  expect(all.map(({ id, version, what }) => [id, version, what])).toEqual([
    ['h1/m', 2, 'deleted'],
    ['d1', 3, 'changed'],
    ['d1', 2, 'changed'],
    ['h1', 2, 'changed'],
    ['h1/m', 1, 'created'],
    ['h1', 1, 'created'],
    ['d1', 1, 'created'],
  ]);
  expect(all[1]).toEqual({
    id: 'd1',
    version: 3,
    event: expect.any(Number),
    at: '2026-01-01T00:00:00.000Z',
    by: 'device d1',
    what: 'changed',
    changes: [{ path: 'properties.reported.celsius', before: 20, after: 21 }],
  });
  expect(all[3]).toMatchObject({ by: 'policy service', changes: [{ path: 'tags', after: { hall: 1 } }] });
  expect(await ask('?limit=2')).toEqual(all.slice(0, 2));
  expect(await ask(`?limit=3&before=${all[1]?.event}`)).toEqual(all.slice(2, 5));
  expect(await ask(`?before=${all[1]?.event}/3/d1`)).toEqual(all.slice(2));
  expect(await ask(`?before=${all[4]?.event}/1/h1/m`)).toEqual(all.slice(5));
  expect(await ask(`?before=${all[1]?.event}/1/d0`)).toEqual(all.slice(1));
  expect(await ask('?before=1')).toEqual([]);
  for (const query of ['?limit=0', '?limit=501', '?before=x', '?before=9/3', '?before=9/d1/3', '?since=1'])
    expect([query, (await admin.ask('GET', `/history${query}`)).status]).toEqual([query, 400]);
});

test('of many twins the latest versions are those with the latest events', async () => {
  await using admin = await startAdmin();
  const { hub } = admin;
  for (let n = 0; n < 300; n += 1) hub.twins.report('d1', { n });
  for (let n = 0; n < 150; n += 1) {
    hub.registry.create({ deviceId: `many-${n}` }, {});
    hub.twins.report(`many-${n % 10}`, { n });
  }
  const answer = (await admin.ask('GET', '/history?limit=500')).body as readonly Latest[];
  const events = answer.map(({ event }) => event);
  expect(events).toEqual([...events].sort((a, b) => b - a));
  // of d1 no more than are kept, of the others all
  expect(answer.filter(({ id }) => id === 'd1')).toHaveLength(100);
  expect(answer.filter(({ id }) => id !== 'd1')).toHaveLength(300);
  expect(((await admin.ask('GET', '/history?limit=7')).body as readonly Latest[]).map(({ event }) => event)).toEqual(
    events.slice(0, 7),
  );
});
