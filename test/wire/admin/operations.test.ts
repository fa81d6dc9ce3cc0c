import { expect, test } from 'vitest';
import { Journal } from '../../../emulator/hub/journal.ts';
import { States } from '../../../emulator/hub/states.ts';
import { adminRoutes } from '../../../emulator/servers/admin/routes/index.ts';
import { createAdminServer } from '../../../emulator/servers/admin/server.ts';
import type { Json } from '../../../protocol/json.ts';
import { newHub, newSession } from '../../support/hub.ts';
import { listeningLog, type Reply, send } from '../../support/rest-client.ts';
import { multiset, readVectors } from '../../support/vectors.ts';

const start = async () => {
  const { hub, clock } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const routes = adminRoutes({
    hub,
    states: new States(hub),
    journal: new Journal(hub.events),
    strings: { ofPolicy: (policy = 'iothubowner') => policy, ofIdentity: ({ deviceId }) => deviceId },
    settle: async () => clock.settle(),
  });
  const server = createAdminServer({ log: listeningLog().log, probes: [], info: () => ({}), routes });
  const port = await server.listen('127.0.0.1', 0);
  const ask = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send({ port, method, path, headers: { host: `localhost:${port}` }, body });
  return { hub, clock, port, ask, [Symbol.asyncDispose]: () => server.close() };
};

test('the clock is turned from outside, by a duration or to a time', async () => {
  await using admin = await start();
  expect((await admin.ask('GET', '/clock')).body).toEqual({ mode: 'virtual', now: '2026-01-01T00:00:00.000Z' });
  expect((await admin.ask('POST', '/clock/advance', { by: '1h' })).body).toEqual({
    mode: 'virtual',
    now: '2026-01-01T01:00:00.000Z',
  });
  await admin.ask('POST', '/clock/advance', { to: '2026-01-02T00:00:00Z' });
  expect(admin.clock.now()).toBe(Date.parse('2026-01-02T00:00:00Z'));
  expect((await admin.ask('POST', '/clock/advance', { by: 'soon' })).status).toBe(400);
  expect((await admin.ask('POST', '/clock/advance', {})).status).toBe(400);
});

test('a reset goes back to the seed, a snapshot to its moment', async () => {
  await using admin = await start();
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

test('connections stay over a reset unless asked to go', async () => {
  await using admin = await start();
  const { session, closed } = newSession('d1');
  admin.hub.sessions.open(session, { clean: true });
  await admin.ask('POST', '/reset');
  expect((await admin.ask('GET', '/connections')).body).toEqual([{ id: 'd1', protocol: 'test', subscriptions: {} }]);
  await admin.ask('POST', '/reset', { dropConnections: true });
  expect([closed, (await admin.ask('GET', '/connections')).body]).toEqual([['requested'], []]);
});

test('a token is made to expire now', async () => {
  await using admin = await start();
  const { session, closed } = newSession('d1');
  admin.hub.sessions.open(session, { clean: true });
  expect((await admin.ask('POST', '/connections/d1/expire')).status).toBe(204);
  expect(closed).toEqual(['expired']);
  expect((await admin.ask('POST', '/connections/d1/disconnect')).status).toBe(404);
});

test('faults are added, counted and taken away', async () => {
  await using admin = await start();
  const rule = { id: 'slow', match: { operation: 'twin.get' }, effect: { type: 'delay', ms: 50 } };
  expect((await admin.ask('POST', '/faults', rule)).body).toMatchObject({ ids: ['slow'] });
  admin.hub.faults.strike({ operation: 'twin.get', protocol: 'mqtt', key: 'd1' });
  expect((await admin.ask('GET', '/faults')).body).toMatchObject([{ id: 'slow', matched: 1, struck: 1 }]);
  const bad = await admin.ask('POST', '/faults', { effect: { type: 'error', code: 'NoSuchCode' } });
  expect([bad.status, JSON.stringify(bad.body)]).toEqual([
    400,
    expect.stringContaining('not an error code of the hub'),
  ]);
  expect((await admin.ask('DELETE', '/faults/slow')).status).toBe(204);
  expect((await admin.ask('DELETE', '/faults/slow')).status).toBe(404);
});

test('events are listed from any number on, without keys or whole twins', async () => {
  await using admin = await start();
  admin.hub.twins.report('d1', { a: 1 });
  const { body } = await admin.ask('GET', '/events?format=json');
  expect(body).toEqual([
    { type: 'twin.reported', key: 'd1', patch: { a: 1 }, sequence: 2, time: '2026-01-01T00:00:00.000Z' },
  ]);
  expect((await admin.ask('GET', '/events?format=json&since=2')).body).toEqual([]);
});

test('what a device calls twin or identity is told like anything else, while whole twins are left out', async () => {
  await using admin = await start();
  admin.hub.twins.report('d1', { twin: 1, inner: { identity: 'x' } });
  admin.hub.twins.replace('d1', { tags: { a: 1 } });
  const time = '2026-01-01T00:00:00.000Z';
  expect((await admin.ask('GET', '/events?format=json&since=1')).body).toEqual([
    { type: 'twin.reported', key: 'd1', patch: { twin: 1, inner: { identity: 'x' } }, sequence: 2, time },
    { type: 'twin.replaced', key: 'd1', sequence: 3, time },
  ]);
});

test("a message's body is text, or base64 if it is none", async () => {
  await using admin = await start();
  for (const body of [Buffer.from('{"celsius":199}'), Buffer.from([0xff, 0x00])])
    admin.hub.events.publish({ type: 'telemetry', key: 'd1', message: { body, system: {}, application: {} } });
  const { body } = await admin.ask('GET', '/events?format=json&since=1');
  expect(body).toMatchObject([{ message: { body: '{"celsius":199}' } }, { message: { body: { base64: '/wA=' } } }]);
});

test('events stream from where a reader broke off', async () => {
  await using admin = await start();
  admin.hub.twins.report('d1', { a: 1 });
  const response = await fetch(`http://localhost:${admin.port}/events`, { headers: { 'last-event-id': '1' } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) text += (await reader?.read())?.value ?? '';
  };
  await until('id: 2\nevent: twin.reported\n');
  admin.hub.twins.report('d1', { b: 2 });
  await until('id: 3\nevent: twin.reported\n');
  await reader?.cancel();
});

test('who comes back to another hub, or too late, hears of it', async () => {
  const { hub } = newHub();
  const journal = new Journal(hub.events, 2);
  for (let n = 0; n < 5; n++) hub.registry.create({ deviceId: `d${n}` }, {});
  expect([journal.missed(0), journal.missed(1), journal.missed(4)]).toEqual([2, 1, 0]);
  expect([journal.reached(4), journal.reached(5), journal.reached(6)]).toEqual([4, 5, 0]);
});

test('metrics are in the text format of Prometheus', async () => {
  await using admin = await start();
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
  await using admin = await start();
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

test('every operation says in words what it is for', async () => {
  await using admin = await start();
  const { body } = await admin.ask('GET', '/openapi.json');
  const operations = Object.values((body as { paths: object }).paths).flatMap((path: object) => Object.values(path));
  expect(operations.length).toBeGreaterThan(30);
  expect(operations.filter(({ summary }) => typeof summary !== 'string')).toEqual([]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test('what is asked for wrongly behind the question mark is refused', async () => {
  await using admin = await start();
  for (const path of ['/events?since=yesterday', '/events?format=xml', '/seed?form=xml', '/seed?from=state'])
    expect([path, (await admin.ask('GET', path)).status]).toEqual([path, 400]);
});

test('a twin is read past faults', async () => {
  await using admin = await start();
  admin.hub.faults.add({ match: { operation: 'rest' }, effect: { type: 'throttle' } });
  admin.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  expect((await admin.ask('GET', '/twins/d1')).body).toMatchObject({ deviceId: 'd1', properties: { reported: {} } });
  expect((await admin.ask('GET', '/twins/d1/modules/m1')).body).toMatchObject({ moduleId: 'm1' });
  expect((await admin.ask('GET', '/twins/d2')).status).toBe(404);
});

test('a fleet goes in as it stands and comes out again', async () => {
  await using admin = await start();
  const { fleet } = readVectors('query-vectors');
  expect((await admin.ask('POST', '/import', fleet)).body).toEqual({ devices: 26, modules: 10, jobs: 7 });
  const { body } = await admin.ask('GET', '/export');
  expect(multiset(listIn(body, 'devices'))).toEqual(multiset(fleet.devices));
  expect(multiset(listIn(body, 'modules'))).toEqual(multiset(fleet.modules));
  expect(multiset(listIn(body, 'jobs'))).toEqual(multiset(fleet.jobs));
  await admin.ask('POST', '/import', body);
  expect((await admin.ask('GET', '/export')).body).toEqual(body);
  expect((await admin.ask('POST', '/import', { devices: [{ tags: {} }] })).status).toBe(400);
  expect(admin.hub.registry.statistics().totalDeviceCount).toBe(26);
});

test('what lasting sessions listen to goes along, so that devices hear again on another hub', async () => {
  await using admin = await start();
  const { session } = newSession('d1');
  admin.hub.sessions.open(session, { clean: false });
  admin.hub.sessions.subscribe(session, 'desired', 0);
  admin.hub.sessions.subscribe(session, 'methods', 1);
  const { body } = await admin.ask('GET', '/export');
  const listed = [{ deviceId: 'd1', subscriptions: { desired: 0, methods: 1 } }];
  expect(listIn(body, 'sessions')).toEqual(listed);
  await using other = await start();
  await other.ask('POST', '/import', body);
  expect(listIn((await other.ask('GET', '/export')).body, 'sessions')).toEqual(listed);
  const again = newSession('d1').session;
  expect(other.hub.sessions.open(again, { clean: false })).toEqual({ present: true });
  expect(other.hub.sessions.find('d1', 'desired')).toBe(again);
  await other.ask('POST', '/import', { devices: [], sessions: [...listed, { deviceId: 'd2', subscriptions: null }] });
  expect(listIn((await other.ask('GET', '/export')).body, 'sessions')).toEqual([]);
});

test('an imported fleet replaces what is there unless it is to be merged', async () => {
  await using admin = await start();
  await admin.ask('POST', '/import?mode=merge', { devices: [{ deviceId: 'd2' }] });
  expect(admin.hub.registry.list().map(({ key }) => key)).toEqual(['d1', 'd2']);
  await admin.ask('POST', '/import', { devices: [{ deviceId: 'd3' }] });
  expect(admin.hub.registry.list().map(({ key }) => key)).toEqual(['d3']);
});

test('conditions are evaluated without a job, a configuration or a message', async () => {
  await using admin = await start();
  admin.hub.twins.patch('d1', { tags: { kind: 'pump' } });
  const evaluate = async (body: unknown): Promise<unknown> => (await admin.ask('POST', '/evaluate', body)).body;
  expect(await evaluate({ kind: 'targetCondition', text: "tags.kind = 'pump'" })).toEqual({
    from: 'devices',
    ids: ['d1'],
  });
  expect(await evaluate({ kind: 'jobCondition', text: "deviceId IN ['x']" })).toEqual({ from: 'devices', ids: [] });
  expect(
    await evaluate({ kind: 'routing', text: "level = 'high'", message: { appProperties: { level: 'high' } } }),
  ).toEqual({
    result: true,
  });
  expect(await evaluate({ kind: 'targetCondition', text: "connectionState = 'Connected'" })).toMatchObject({
    code: 'InvalidConfigurationTargetCondition',
  });
});

test('a query is explained', async () => {
  await using admin = await start();
  const { body } = await admin.ask('POST', '/explain', { query: "SELECT * FROM devices WHERE deviceId = 'd1'" });
  expect(body).toMatchObject({ plan: 'key', index: [], candidates: 1, examined: 1, ms: expect.any(Number) });
  expect((await admin.ask('POST', '/explain', { query: 'SELECT' })).status).toBe(400);
});

test('queries lag behind as told, and catch up when told', async () => {
  await using admin = await start();
  const found = (): number => admin.hub.queries.runNow(admin.hub.queries.parse('SELECT * FROM devices')).items.length;
  expect((await admin.ask('PUT', '/index', { lag: 'manual' })).body).toMatchObject({ lag: 'manual', pending: 0 });
  admin.hub.registry.create({ deviceId: 'd2' }, {});
  expect([found(), (await admin.ask('GET', '/index')).body]).toEqual([
    1,
    { lag: 'manual', pending: 1, indexes: expect.anything() },
  ]);
  // only queries lag
  expect((await admin.ask('GET', '/twins/d2')).body).toMatchObject({ deviceId: 'd2' });
  await admin.ask('POST', '/index/release');
  expect(found()).toBe(2);
  await admin.ask('PUT', '/index', { lag: 'lag:30s' });
  admin.hub.registry.create({ deviceId: 'd3' }, {});
  await admin.ask('POST', '/clock/advance', { by: '29s' });
  expect(found()).toBe(2);
  await admin.ask('POST', '/clock/advance', { by: '1s' });
  expect([found(), (await admin.ask('POST', '/index/caught-up')).status]).toEqual([3, 200]);
  expect((await admin.ask('PUT', '/index', { lag: 'sometime' })).status).toBe(400);
});

const listIn = (body: unknown, name: string): Json[] => (body as Record<string, Json[]>)[name] ?? []; // as exported
