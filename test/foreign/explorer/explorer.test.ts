import { afterAll, beforeAll, expect, test } from 'vitest';
import { signSas } from '../../../protocol/sas.ts';
import { connectDevice } from '../../support/hub/device-end.ts';
import { type ForeignHub, startHub } from '../support/hub.ts';
import { type Answer, objectOf, replayer } from '../support/replay.ts';
import { expectColumn } from '../support/table.ts';

// Requests of Azure IoT Explorer 0.15: src/app/api/services/{devices,module}Service.ts, src/app/api/shared/utils.ts and
// src/server/dataPlaneHelper.ts, which encodes the slashes of the whole path and accepts only JSON or 204.

let hub: ForeignHub;
let send: (
  method: string,
  path: string,
  asked?: { headers?: Record<string, string>; body?: unknown },
) => Promise<Answer>;
beforeAll(async () => {
  hub = await startHub();
  const replay = replayer(hub, 300);
  send = (method, path, { headers = {}, body } = {}) =>
    replay({
      method,
      target: `/${encodeURIComponent(path)}?api-version=2020-09-30`,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body,
    });
});
afterAll(async () => expectColumn('Explorer', await hub.close()));

const SUMMARY = `
    SELECT deviceId as DeviceId,
    status as Status, lastActivityTime as LastActivityTime, statusUpdatedTime as StatusUpdatedTime, authenticationType as AuthenticationType, cloudToDeviceMessageCount as CloudToDeviceMessageCount, connectionState as ConnectionState, capabilities.iotEdge as IotEdge, modelId as ModelId
    FROM devices`;

/** What it shows of an error: the first, or the second if the first is missing. */
const refusal = (code: string) => ({
  Message: expect.stringMatching(new RegExp(`^ErrorCode:${code};`)),
  ExceptionMessage: expect.stringMatching(/^Tracking ID:/),
});

const newDevice = (deviceId: string) => ({
  authentication: { symmetricKey: { primaryKey: null, secondaryKey: null }, type: 'sas', x509Thumbprint: null },
  capabilities: { iotEdge: false },
  cloudToDeviceMessageCount: null,
  connectionState: null,
  connectionStateUpdatedTime: null,
  deviceId,
  etag: null,
  generationId: null,
  lastActivityTime: null,
  status: 'enabled',
  statusReason: null,
  statusUpdatedTime: null,
});

// the twin has statusUpdateTime instead, so this column of the page stays empty
const row = (DeviceId: string, more: object = {}) => ({
  DeviceId,
  Status: 'enabled',
  LastActivityTime: '0001-01-01T00:00:00Z',
  AuthenticationType: 'sas',
  CloudToDeviceMessageCount: 0,
  ConnectionState: 'Disconnected',
  IotEdge: false,
  ModelId: '',
  ...more,
});

test('a device is created, edited, searched, filtered and deleted', async () => {
  const created = await send('PUT', 'devices/kit#1', { body: newDevice('kit#1') });
  expect([created.status, objectOf(created.body).deviceId]).toEqual([200, 'kit#1']);
  const { etag } = objectOf((await send('GET', 'devices/kit#1')).body);
  const edited = { ...objectOf(created.body), status: 'disabled' };
  const update = () => send('PUT', 'devices/kit#1', { headers: { 'If-Match': `"${etag}"` }, body: edited });
  const [updated, stale] = [await update(), await update()];
  expect([updated.status, objectOf(updated.body).status]).toEqual([200, 'disabled']);
  expect([stale.status, stale.body]).toEqual([412, refusal('PreconditionFailed')]);
  await send('PUT', 'devices/lamp-1', { body: newDevice('lamp-1') });
  await send('PUT', 'devices/hall-1', { body: { ...newDevice('hall-1'), capabilities: { iotEdge: true } } });
  const list = (where: string, headers: Record<string, string> = { 'x-ms-max-item-count': '100' }) =>
    send('POST', 'devices/query', { headers, body: { query: `${SUMMARY} ${where}` } });
  // from 0.15.14 on, the header with the number of rows is lost
  for (const all of [await list(''), await list('', {})])
    expect([all.status, all.headers['x-ms-continuation'], all.body]).toEqual([
      200,
      undefined,
      expect.arrayContaining([row('lamp-1'), row('kit#1', { Status: 'disabled' })]),
    ]);
  expect((await list("WHERE STARTSWITH(devices.deviceId, 'lamp')")).body).toEqual([row('lamp-1')]);
  expect((await list("WHERE (capabilities.iotEdge=false AND status='enabled')")).body).toEqual([row('lamp-1')]);
  expect((await list("WHERE (capabilities.iotEdge=true AND status='enabled')")).body).toEqual([
    row('hall-1', { IotEdge: true }),
  ]);
  expect((await list("WHERE (status='disabled')")).body).toEqual([row('kit#1', { Status: 'disabled' })]);
  const gone = await send('POST', 'devices', {
    body: [
      { etag: '*', id: 'kit#1', importMode: 'deleteIfMatchEtag' },
      { etag: '*', id: 'lamp-1', importMode: 'deleteIfMatchEtag' },
      { etag: '*', id: 'hall-1', importMode: 'deleteIfMatchEtag' },
    ],
  });
  expect([gone.status, gone.body]).toEqual([200, { isSuccessful: true, errors: [], warnings: [] }]);
  const unknown = await send('GET', 'devices/kit#1');
  expect([unknown.status, unknown.body]).toEqual([404, refusal('DeviceNotFound')]);
});

test('a long list of devices has pages', async () => {
  for (let i = 0; i < 5; i++) await send('PUT', `devices/page-${i}`, { body: newDevice(`page-${i}`) });
  const ids: unknown[] = [];
  let token = '';
  do {
    const page = await send('POST', 'devices/query', {
      headers: { 'x-ms-max-item-count': '2', ...(token === '' ? {} : { 'x-ms-continuation': token }) },
      body: { query: `${SUMMARY} WHERE STARTSWITH(devices.deviceId, 'page-')` },
    });
    expect(page.body).toHaveProperty('length', token === '' || ids.length === 2 ? 2 : 1);
    ids.push(...(page.body as { DeviceId: string }[]).map(({ DeviceId }) => DeviceId)); // the query selects DeviceId
    token = String(page.headers['x-ms-continuation'] ?? '');
  } while (token !== '');
  expect(ids.sort()).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
});

test('a whole twin is sent back, and only its writable parts are written', async () => {
  await send('PUT', 'devices/twin.1', { body: newDevice('twin.1') });
  const twin = objectOf((await send('GET', 'twins/twin.1')).body);
  const properties = objectOf(twin.properties);
  const saved = await send('PATCH', 'twins/twin.1', {
    body: {
      ...twin,
      tags: { floor: 3 },
      properties: { ...properties, desired: { ...objectOf(properties.desired), rate: 5 }, reported: { forged: true } },
    },
  });
  expect([saved.status, saved.body]).toEqual([
    200,
    expect.objectContaining({
      deviceId: 'twin.1',
      tags: { floor: 3 },
      properties: {
        desired: expect.objectContaining({ rate: 5, $version: 2 }),
        reported: { $metadata: expect.anything(), $version: 1 },
      },
    }),
  ]);
  const refused = await send('PATCH', 'twins/twin.1', { body: { ...twin, tags: { 'my.tag': 1 } } });
  expect([refused.status, refused.body]).toEqual([400, refusal('ArgumentInvalid')]);
});

test('a method is called and answered', async () => {
  await send('PUT', 'devices/robot', { body: newDevice('robot') });
  const call = {
    connectTimeoutInSeconds: 20,
    methodName: 'wave',
    payload: { times: 2 },
    responseTimeoutInSeconds: 20,
  };
  connectDevice(hub.hub, 'robot', (_, payload) => ({ status: 200, payload: { echo: payload } }));
  const answered = await send('POST', 'twins/robot/methods', { body: call });
  expect([answered.status, answered.body]).toEqual([200, { status: 200, payload: { echo: { times: 2 } } }]);
  // it is shown instead of the status of the answer
  expect(answered.headers['x-ms-command-statuscode']).toBeUndefined();
  const component = await send('POST', 'twins/robot/methods', { body: { ...call, methodName: 'arm*raise' } });
  expect(component.status).toBe(200);
  await send('PUT', 'devices/away', { body: newDevice('away') });
  const unheard = await send('POST', 'twins/away/methods', { body: { ...call, connectTimeoutInSeconds: 0 } });
  expect([unheard.status, unheard.body]).toEqual([
    404,
    { Message: expect.stringContaining('"errorCode":404103'), ExceptionMessage: expect.any(String) },
  ]);
});

test('a writable property of a component is set and read', async () => {
  await send('PUT', 'devices/pnp', { body: newDevice('pnp') });
  const twin = objectOf((await send('GET', 'twins/pnp')).body);
  const desired = { arm: { __t: 'c', reach: 5 } };
  const saved = await send('PATCH', 'twins/pnp', { body: { ...twin, properties: { desired } } });
  expect([saved.status, saved.body]).toEqual([
    200,
    expect.objectContaining({ properties: expect.objectContaining({ desired: expect.objectContaining(desired) }) }),
  ]);
});

test('the case of the host name does not matter', async () => {
  const [, key = ''] = /SharedAccessKey=(.*)/.exec(hub.emulator.connectionString()) ?? [];
  const expiry = Math.ceil(Date.now() / 1000) + 300;
  const authorization = signSas({ resource: 'LocalHost', key, expiry, policy: 'iothubowner' });
  expect((await send('GET', 'devices/pnp', { headers: { authorization } })).status).toBe(200);
});

test('modules are created, listed, changed and deleted', async () => {
  await send('PUT', 'devices/host', { body: newDevice('host') });
  const path = 'devices/host/modules/cam';
  const identity = {
    authentication: { symmetricKey: { primaryKey: null, secondaryKey: null }, type: 'sas', x509Thumbprint: null },
    deviceId: 'host',
    moduleId: 'cam',
  };
  expect((await send('PUT', path, { body: identity })).status).toBe(200);
  expect((await send('GET', path)).status).toBe(200);
  const listed = await send('POST', 'devices/query', {
    body: { query: "SELECT * FROM devices.modules WHERE deviceId in ['host']" },
  });
  expect(listed.body).toEqual([expect.objectContaining({ deviceId: 'host', moduleId: 'cam' })]);
  const twin = objectOf((await send('GET', 'twins/host/modules/cam')).body);
  const saved = await send('PATCH', 'twins/host/modules/cam', { body: { ...twin, tags: { seen: true } } });
  expect([saved.status, objectOf(saved.body).tags]).toEqual([200, { seen: true }]);
  connectDevice(hub.hub, 'host/cam', () => ({ status: 200, payload: 'done' }));
  const call = { connectTimeoutInSeconds: 20, methodName: 'wave', payload: {}, responseTimeoutInSeconds: 20 };
  const answered = await send('POST', 'twins/host/modules/cam/methods', { body: call });
  expect([answered.status, answered.body]).toEqual([200, { status: 200, payload: 'done' }]);
  expect((await send('DELETE', path, { headers: { 'If-Match': '*' } })).status).toBe(204);
});

test("a reserved module's twin is shown, but cannot be saved", async () => {
  await send('PUT', 'devices/gateway', { body: { ...newDevice('gateway'), capabilities: { iotEdge: true } } });
  const path = 'twins/gateway/modules/$edgeAgent';
  const twin = objectOf((await send('GET', path)).body);
  const refused = await send('PATCH', path, { body: { ...twin, properties: { desired: { a: 1 } } } });
  // https://github.com/Azure/azure-iot-explorer/issues/574
  expect([refused.status, objectOf(refused.body).Message]).toEqual([
    401,
    'ErrorCode:SystemModuleModifyUnauthorizedAccess;Unauthorized to modify reserved module.',
  ]);
});

test('a message to a device, whose id is encoded twice', async () => {
  await send('PUT', 'devices/kit#1', { body: newDevice('kit#1') });
  const sent = await send('POST', `devices/${encodeURIComponent('kit#1')}/messages/deviceBound`, {
    headers: { 'Content-Encoding': 'utf-8', 'iothub-app-ack': 'full' },
    body: 'hello',
  });
  expect(sent.status).toBe(204);
  expect(await send('GET', 'devices/kit#1')).toMatchObject({ body: { cloudToDeviceMessageCount: 1 } });
});
