import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectDevice } from '../../support/device-end.ts';
import { type ForeignHub, startHub } from '../support/hub.ts';
import { type Answer, objectOf, replayer } from '../support/replay.ts';
import { expectColumn } from '../support/table.ts';

// The extension azure-iot of the az command line is in no package registry, so what it sends is replayed: paths,
// headers and success codes of azext_iot/sdk/iothub/service/operations and of azext_iot/operations/hub.py, 0.25.
// Any other success code than these makes it fail.

type Asked = { readonly headers?: Record<string, string>; readonly body?: unknown; readonly query?: string };

let hub: ForeignHub;
let az: (method: string, path: string, asked?: Asked) => Promise<Answer>;
beforeAll(async () => {
  hub = await startHub();
  const replay = replayer(hub, 600);
  az = (method, path, { headers = {}, body, query = '' } = {}) =>
    replay({
      method,
      target: `${path}?${query}api-version=2024-03-31`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json; charset=utf-8',
        'x-ms-client-request-id': 'f0f9a4f2-0000-4000-8000-000000000001',
        'accept-language': 'en-US',
        ...headers,
      },
      body,
    });
});
afterAll(async () => expectColumn('az', await hub.close()));

const ANY = { 'If-Match': '"*"' };
const create = (id: string, more: object = {}) =>
  az('PUT', `/devices/${id}`, {
    body: {
      deviceId: id,
      status: 'enabled',
      authentication: { symmetricKey: { primaryKey: null, secondaryKey: null }, type: 'sas' },
      capabilities: { iotEdge: false },
      ...more,
    },
  });
const query = (text: string, headers: Record<string, string> = {}) =>
  az('POST', '/devices/query', {
    headers: { 'Cache-Control': 'no-cache, must-revalidate', ...headers },
    body: { query: text },
  });

test('device-identity create, show, update, renew-key, list, delete', async () => {
  const created = await create('d1');
  expect(created.status).toBe(200);
  const shown = await az('GET', '/devices/d1');
  expect([shown.status, shown.body]).toEqual([200, created.body]);
  const { etag } = objectOf(shown.body);
  const updated = await az('PUT', '/devices/d1', {
    headers: { 'If-Match': `"${etag}"` },
    body: { ...objectOf(shown.body), statusReason: 'spare' },
  });
  expect([updated.status, objectOf(updated.body).statusReason]).toEqual([200, 'spare']);
  const rotated = await az('POST', '/devices/keys/regenerate', {
    body: { policyKey: 'primaryKey', devices: [{ id: 'd1' }] },
  });
  expect([rotated.status, objectOf(rotated.body).errors]).toEqual([200, []]);
  expect((await az('GET', '/devices', { query: 'top=10&' })).status).toBe(200);
  expect((await az('DELETE', '/devices/d1', { headers: ANY })).status).toBe(204);
});

test('device-identity list asks for more than a page holds', async () => {
  for (let i = 0; i < 3; i++) await create(`list-${i}`);
  const page = await query("select * from devices where STARTSWITH(deviceId, 'list-')", {
    'x-ms-max-item-count': '1000',
  });
  expect([page.status, page.headers['x-ms-continuation'], page.body]).toEqual([
    200,
    undefined,
    ['list-0', 'list-1', 'list-2'].map((deviceId) => expect.objectContaining({ deviceId })),
  ]);
});

test('device-identity children list finds devices by their parent', async () => {
  const parent = objectOf((await create('gateway', { capabilities: { iotEdge: true } })).body);
  await create('child', { deviceScope: parent.deviceScope });
  const listed = await query(
    `select deviceId from devices where array_contains(parentScopes, '${parent.deviceScope}')`,
  );
  expect([listed.status, listed.body]).toEqual([200, [{ deviceId: 'child' }]]);
});

test('module-identity and module-twin', async () => {
  await create('m');
  const path = '/devices/m/modules/cam';
  const body = { deviceId: 'm', moduleId: 'cam', authentication: { type: 'sas', symmetricKey: {} } };
  expect([200, 201]).toContain((await az('PUT', path, { body })).status);
  expect((await az('GET', path)).status).toBe(200);
  expect((await az('GET', '/devices/m/modules')).status).toBe(200);
  const twin = await az('PATCH', '/twins/m/modules/cam', { headers: ANY, body: { tags: { a: 1 } } });
  expect([twin.status, objectOf(twin.body).tags]).toEqual([200, { a: 1 }]);
  const listed = await query("select * from devices.modules where devices.deviceId = 'm'");
  // members that `az iot hub state export` takes out of each row
  expect(Object.keys(objectOf((listed.body as unknown[])[0]))).toEqual(
    expect.arrayContaining([
      'deviceEtag',
      'lastActivityTime',
      'etag',
      'version',
      'cloudToDeviceMessageCount',
      'statusUpdateTime',
      'authenticationType',
      'connectionState',
      'x509Thumbprint',
    ]),
  );
  expect((await az('DELETE', path, { headers: ANY })).status).toBe(204);
});

test('device-twin show, update, replace', async () => {
  await create('t');
  const shown = objectOf((await az('GET', '/twins/t')).body);
  const desired = await az('PATCH', '/twins/t', { headers: ANY, body: { properties: { desired: { rate: 5 } } } });
  expect([desired.status, objectOf(objectOf(desired.body).properties).desired]).toEqual([
    200,
    expect.objectContaining({ rate: 5 }),
  ]);
  // --set reads, edits and sends back the whole twin
  const set = await az('PATCH', '/twins/t', { headers: ANY, body: { ...shown, tags: { floor: 3 } } });
  expect([set.status, objectOf(set.body).tags]).toEqual([200, { floor: 3 }]);
  const replaced = await az('PUT', '/twins/t', { headers: ANY, body: { ...objectOf(set.body), tags: { floor: 4 } } });
  expect([replaced.status, objectOf(replaced.body).tags]).toEqual([200, { floor: 4 }]);
});

test('invoke-device-method', async () => {
  await create('caller');
  connectDevice(hub.hub, 'caller', (name) => ({ status: 200, payload: { did: name } }));
  const answer = await az('POST', '/twins/caller/methods', {
    body: { methodName: 'wave', payload: {}, responseTimeoutInSeconds: 30, connectTimeoutInSeconds: 30 },
  });
  expect([answer.status, answer.body]).toEqual([200, { status: 200, payload: { did: 'wave' } }]);
});

test('configuration create, show, list, show-metric, update, delete', async () => {
  const body = {
    id: 'night',
    schemaVersion: '2.0',
    labels: {},
    content: { deviceContent: { 'properties.desired.night': { on: true } } },
    contentType: 'assignment',
    targetCondition: "tags.site='x'",
    etag: '*',
    priority: 1,
    metrics: { queries: { dark: "select deviceId from devices where tags.site='x'" } },
  };
  const made = await az('PUT', '/configurations/night', { body });
  expect([200, 201]).toContain(made.status);
  expect((await az('GET', '/configurations', { query: 'top=20&' })).status).toBe(200);
  const shown = objectOf((await az('GET', '/configurations/night')).body);
  const { queries } = objectOf(shown.systemMetrics);
  expect((await query(String(objectOf(queries).targetedCount))).status).toBe(200);
  const update = await az('PUT', '/configurations/night', {
    headers: { 'If-Match': `"${shown.etag}"` },
    body: { ...shown, priority: 2 },
  });
  expect([update.status, objectOf(update.body).priority]).toEqual([200, 2]);
  const checked = await az('POST', '/configurations/testQueries', { body: { targetCondition: "tags.site='x'" } });
  expect(checked.status).toBe(200);
  expect((await az('DELETE', '/configurations/night', { headers: ANY })).status).toBe(204);
});

test('edge set-modules', async () => {
  await create('edge', { capabilities: { iotEdge: true } });
  const applied = await az('POST', '/devices/edge/applyConfigurationContent', {
    body: {
      modulesContent: {
        $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules: {} } },
        $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: {} } },
      },
    },
  });
  expect([200, 204]).toContain(applied.status);
});

test('job create, show, list, cancel', async () => {
  await create('j');
  const body = {
    jobId: 'j-1',
    type: 'scheduleUpdateTwin',
    queryCondition: '*',
    maxExecutionTimeInSeconds: 3600,
    updateTwin: { tags: { seen: true }, etag: '*' },
  };
  expect((await az('PUT', '/jobs/v2/j-1', { body })).status).toBe(200);
  await vi.waitFor(
    async () => expect(objectOf((await az('GET', '/jobs/v2/j-1')).body).status).toBe('completed'),
    20_000,
  );
  const later = { ...body, jobId: 'j-2', startTime: new Date(Date.now() + 3_600_000).toISOString() };
  expect((await az('PUT', '/jobs/v2/j-2', { body: later })).status).toBe(200);
  const cancelled = await az('POST', '/jobs/v2/j-2/cancel');
  expect([cancelled.status, objectOf(cancelled.body).status]).toEqual([200, 'cancelled']);
  expect((await az('GET', '/jobs/v2/query')).status).toBe(200);
  expect((await az('GET', '/jobs')).status).toBe(200);
});

test('digital-twin show, update, invoke-command', async () => {
  await create('pnp');
  connectDevice(hub.hub, 'pnp', () => ({ status: 201, payload: 'done' }), 'dtmi:com:example:Thermostat;1');
  expect((await az('GET', '/digitaltwins/pnp')).status).toBe(200);
  const patch = [{ op: 'add', path: '/targetTemperature', value: 21 }];
  expect((await az('PATCH', '/digitaltwins/pnp', { headers: { 'If-Match': '*' }, body: patch })).status).toBe(202);
  const timeouts = { query: 'connectTimeoutInSeconds=10&responseTimeoutInSeconds=10&', body: '"now"' };
  const answer = await az('POST', '/digitaltwins/pnp/commands/reboot', timeouts);
  expect([answer.status, answer.headers['x-ms-command-statuscode']]).toEqual([200, '201']);
});

test('c2d-message purge', async () => {
  await create('quiet');
  const purged = await az('DELETE', '/devices/quiet/commands');
  expect([purged.status, objectOf(purged.body).totalMessagesPurged]).toEqual([200, 0]);
});

test('statistics', async () => {
  expect((await az('GET', '/statistics/devices')).status).toBe(200);
  expect((await az('GET', '/statistics/service')).status).toBe(200);
});

test('an error says what the command line prints', async () => {
  const absent = await az('GET', '/devices/nobody');
  expect([absent.status, absent.body]).toEqual([
    404,
    { Message: expect.stringMatching(/^ErrorCode:DeviceNotFound;/), ExceptionMessage: expect.any(String) },
  ]);
  const bulk = await az('POST', '/devices', { body: [{ id: 'nobody', importMode: 'deleteIfMatchEtag', etag: '*' }] });
  expect([bulk.status, objectOf(bulk.body).isSuccessful]).toEqual([400, false]);
});
