import { expect, test } from 'vitest';
import { newSession } from '../../support/hub/hub.ts';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('a virtual clock is advanced by a duration or to a time', async () => {
  await using admin = await startAdmin();
  expect((await admin.ask('GET', '/clock')).body).toEqual({ mode: 'virtual', now: '2026-01-01T00:00:00.000Z' });
  expect((await admin.ask('POST', '/clock/advance', { by: '1h' })).body).toEqual({
    mode: 'virtual',
    now: '2026-01-01T01:00:00.000Z',
  });
  await admin.ask('POST', '/clock/advance', { to: '2026-01-02T00:00:00Z' });
  expect(admin.clock.now()).toBe(Date.parse('2026-01-02T00:00:00Z'));
  expect((await admin.ask('POST', '/clock/advance', { by: 'soon' })).status).toBe(400);
  expect((await admin.ask('POST', '/clock/advance', {})).status).toBe(400);
  for (const body of [{ by: 1e300 }, { to: '9999-01-01T00:00:00Z' }, { by: '3651d' }])
    expect(await admin.ask('POST', '/clock/advance', body)).toMatchObject({
      status: 400,
      body: { error: 'The clock can be advanced by at most 3650d at once.' },
    });
  expect(admin.clock.now()).toBe(Date.parse('2026-01-02T00:00:00Z'));
});

test('a reset goes back to the seed, a restore to its snapshot', async () => {
  await using admin = await startAdmin();
  admin.hub.twins.patch('d1', { tags: { a: 1 } });
  expect((await admin.ask('POST', '/snapshots', { name: 'tagged' })).body).toEqual({ name: 'tagged' });
  admin.hub.registry.create({ deviceId: 'd2' }, {});
  expect((await admin.ask('POST', '/reset')).status).toBe(204);
  expect([admin.hub.registry.find('d2'), admin.hub.twins.get('d1').twin.tags]).toEqual([undefined, undefined]);
  expect((await admin.ask('POST', '/snapshots/tagged/restore')).status).toBe(204);
  expect(admin.hub.twins.get('d1').twin.tags).toEqual({ a: 1 });
  expect((await admin.ask('GET', '/snapshots')).body).toMatchObject([{ name: 'tagged', devices: 1, modules: 0 }]);
  expect((await admin.ask('DELETE', '/snapshots/tagged')).status).toBe(204);
  expect((await admin.ask('POST', '/snapshots/tagged/restore')).status).toBe(404);
});

test.each(['a/b', '.', '..', '\ud800'])(
  'a snapshot is not taken under a name that no path can have: %j',
  async (name) => {
    await using admin = await startAdmin();
    expect((await admin.ask('POST', '/snapshots', { name })).status).toBe(400);
    expect((await admin.ask('GET', '/snapshots')).body).toEqual([]);
  },
);

test('a reset keeps connections unless it is to drop them', async () => {
  await using admin = await startAdmin();
  const { session, closed } = newSession('d1');
  admin.hub.sessions.open(session, { resume: false });
  await admin.ask('POST', '/reset');
  expect((await admin.ask('GET', '/connections')).body).toEqual([{ id: 'd1', protocol: 'test', subscriptions: {} }]);
  await admin.ask('POST', '/reset', { dropConnections: true });
  expect([closed, (await admin.ask('GET', '/connections')).body]).toEqual([['requested'], []]);
});

test('a token can be made to expire now', async () => {
  await using admin = await startAdmin();
  const { session, closed } = newSession('d1');
  admin.hub.sessions.open(session, { resume: false });
  expect((await admin.ask('POST', '/connections/d1/expire')).status).toBe(204);
  expect(closed).toEqual(['expired']);
  expect((await admin.ask('POST', '/connections/d1/disconnect')).status).toBe(404);
});

test('faults are added, counted and removed', async () => {
  await using admin = await startAdmin();
  const rule = { id: 'slow', match: { operation: 'twin.get' }, effect: { type: 'delay', ms: 50 } };
  expect((await admin.ask('POST', '/faults', rule)).body).toMatchObject({ ids: ['slow'] });
  admin.hub.before({ type: 'twin.get', protocol: 'mqtt', key: 'd1' });
  expect((await admin.ask('GET', '/faults')).body).toMatchObject([{ id: 'slow', matched: 1, struck: 1 }]);
  const bad = await admin.ask('POST', '/faults', { effect: { type: 'error', code: 'NoSuchCode' } });
  expect([bad.status, JSON.stringify(bad.body)]).toEqual([
    400,
    expect.stringContaining('not an error code of the hub'),
  ]);
  expect((await admin.ask('DELETE', '/faults/slow')).status).toBe(204);
  expect((await admin.ask('DELETE', '/faults/slow')).status).toBe(404);
});

test('metrics are in the text format of Prometheus', async () => {
  await using admin = await startAdmin();
  admin.hub.twins.report('d1', { a: 1 });
  const { text } = await admin.ask('GET', '/metrics');
  expect(text).toContain('# TYPE iothub_devices gauge\niothub_devices 1\n');
  expect(text).toContain('iothub_events_total{type="twin.reported"} 1');
  // https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
  const line = /^(# (HELP|TYPE) [a-zA-Z_:][\w:]* .+|[a-zA-Z_:][\w:]*(\{[a-zA-Z_]\w*="[^"\\]*"\})? -?\d+(\.\d+)?)$/;
  expect(text.endsWith('\n')).toBe(true);
  expect(
    text
      .slice(0, -1)
      .split('\n')
      .filter((one) => !line.test(one)),
  ).toEqual([]);
});

test('the OpenAPI document lists every operation with its body', async () => {
  await using admin = await startAdmin();
  const { body } = await admin.ask('GET', '/openapi.json');
  expect(body).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/health': { get: { security: [] } },
      '/faults/{id}': { delete: { parameters: [{ name: 'id', in: 'path', required: true }], responses: { 204: {} } } },
      '/clock/advance': { post: { requestBody: { content: { 'application/json': { schema: {} } } } } },
      '/seed': {
        get: {
          parameters: [
            { name: 'form', in: 'query', schema: { enum: ['json', 'yaml', 'state', 'devices.txt'] } },
            {},
            {},
          ],
        },
        post: { requestBody: { content: { 'application/json': { schema: {} }, 'application/yaml': {} } } },
      },
    },
  });
});

test('every operation has a summary', async () => {
  await using admin = await startAdmin();
  const { body } = await admin.ask('GET', '/openapi.json');
  const operations = Object.values((body as { paths: object }).paths).flatMap((path: object) => Object.values(path));
  expect(operations.length).toBeGreaterThan(30);
  expect(operations.filter(({ summary }) => typeof summary !== 'string')).toEqual([]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test('queries that are not valid are refused', async () => {
  await using admin = await startAdmin();
  for (const path of ['/events?since=yesterday', '/events?format=xml', '/seed?form=xml', '/seed?from=state'])
    expect([path, (await admin.ask('GET', path)).status]).toEqual([path, 400]);
});
