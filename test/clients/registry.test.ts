import { expect, test } from 'vitest';
import { Registry } from '../../clients/service/index.ts';
import { type Answer, hubStub, SERVICE } from './hub-stub.ts';

// Requests as azure-iothub 1.16.6 sends them (registry.js).

const registryOf = (...answers: Answer[]) => {
  const { seen, dispatcher } = hubStub(...answers);
  return { seen, registry: Registry.fromConnectionString(SERVICE, { dispatcher }) };
};

test('a device without keys is sent with empty keys, which the hub generates', async () => {
  const { seen, registry } = registryOf({ body: { deviceId: 'd 1', generationId: '7' } });
  const { responseBody, httpResponse } = await registry.create({ deviceId: 'd 1' });
  expect(seen).toMatchObject([
    {
      line: 'PUT /devices/d%201?api-version=2021-04-12',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: { deviceId: 'd 1', authentication: { type: 'sas', symmetricKey: { primaryKey: '', secondaryKey: '' } } },
    },
  ]);
  expect(seen[0]?.headers).not.toHaveProperty('if-match');
  expect(httpResponse.statusCode).toBe(200);
  expect({ ...responseBody }).toEqual({
    deviceId: 'd 1',
    generationId: '7',
    etag: null,
    connectionState: 'disconnected',
    status: 'enabled',
    statusReason: null,
    connectionStateUpdatedTime: null,
    statusUpdatedTime: null,
    lastActivityTime: null,
    cloudToDeviceMessageCount: '0',
    capabilities: {},
    authentication: {
      symmetricKey: { primaryKey: null, secondaryKey: null },
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    },
  });
});

test('the request contains a token for the whole hub', async () => {
  const { seen, registry } = registryOf({ body: [] });
  await registry.list();
  expect(seen[0]?.line).toBe('GET /devices/?api-version=2021-04-12');
  expect(seen[0]?.headers.authorization).toMatch(
    /^SharedAccessSignature sr=hub\.example&sig=[\w%]+&skn=iothubowner&se=\d{10}$/,
  );
  expect(seen[0]?.headers['request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('thumbprints mean self-signed', async () => {
  const { seen, registry } = registryOf({ body: { deviceId: 'd' } });
  await registry.update({ deviceId: 'd', authentication: { x509Thumbprint: { primaryThumbprint: 'AB' } } });
  expect(seen).toMatchObject([
    {
      headers: { 'if-match': '"*"' },
      body: { deviceId: 'd', authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: 'AB' } } },
    },
  ]);
});

test.each([
  [400, {}, 'ArgumentError', 'the text'],
  [401, {}, 'UnauthorizedError', 'the text'],
  [403, {}, 'TooManyDevicesError', 'the text'],
  [404, { code: 'DeviceNotFound' }, 'DeviceNotFoundError', 'the text'],
  [404, { code: 'IotHubNotFound' }, 'IotHubNotFoundError', 'the text'],
  [404, { code: 'ModuleNotFound' }, 'Error', 'Not found'],
  [408, {}, 'DeviceTimeoutError', 'the text'],
  [409, {}, 'DeviceAlreadyExistsError', 'the text'],
  [412, {}, 'InvalidEtagError', 'the text'],
  [413, {}, 'Error', 'the text'],
  [429, {}, 'ThrottlingError', 'the text'],
  [500, {}, 'InternalServerError', 'the text'],
  [502, {}, 'BadDeviceResponseError', 'the text'],
  [503, {}, 'ServiceUnavailableError', 'the text'],
  [504, {}, 'GatewayTimeoutError', 'the text'],
])('status %i %j is %s', async (status, { code = 'Any' }: { code?: string }, name, message) => {
  const body = `{"Message":"ErrorCode:${code};the text","ExceptionMessage":"Tracking ID:1"}`;
  const { registry } = registryOf({ status, body });
  await expect(registry.get('d')).rejects.toMatchObject({
    name,
    message,
    response: { statusCode: status },
    responseBody: body,
  });
});

test('a body without a code is the whole message', async () => {
  const { registry } = registryOf({ status: 500, body: 'oops' });
  await expect(registry.get('d')).rejects.toMatchObject({ name: 'InternalServerError', message: 'Error: oops' });
});

test('a callback gets null, the body and the response', async () => {
  const { registry } = registryOf({ body: { totalDeviceCount: 2, enabledDeviceCount: 1, disabledDeviceCount: 1 } });
  const outcome = await new Promise((resolve) => {
    registry.getRegistryStatistics((error, statistics, response) => resolve([error, statistics, response?.statusCode]));
  });
  expect(outcome).toEqual([null, { totalDeviceCount: 2, enabledDeviceCount: 1, disabledDeviceCount: 1 }, 200]);
});

test('a missing argument is thrown to a callback and rejected to a promise', async () => {
  const { registry } = registryOf();
  expect(() => registry.get('', () => undefined)).toThrow(ReferenceError);
  await expect(registry.get('')).rejects.toThrow("deviceId is ''");
  await expect(registry.updateTwin('d', {}, '')).rejects.toThrow("etag cannot be ''");
  await expect(registry.addDevices([])).rejects.toThrow('The device array has an invalid size of 0');
});

test('a bulk operation sends its mode with each device', async () => {
  const { seen, registry } = registryOf({ body: { isSuccessful: true, errors: [], warnings: [] } });
  await registry.removeDevices([{ deviceId: 'd', etag: 'AA==' }], false);
  expect(seen).toMatchObject([
    {
      line: 'POST /devices?api-version=2021-04-12',
      body: [
        {
          id: 'd',
          etag: 'AA==',
          importMode: 'DeleteIfMatchETag',
          authentication: { type: 'sas', symmetricKey: { primaryKey: '', secondaryKey: '' } },
        },
      ],
    },
  ]);
});

test('a module is removed by its etag, or by its ids in any version', async () => {
  const { seen, registry } = registryOf({ status: 204 }, { status: 204 });
  await registry.removeModule({ deviceId: 'd', moduleId: 'm', etag: 'AA==' });
  await registry.removeModule('d', 'm');
  expect(seen.map(({ line, headers }) => [line, headers['if-match']])).toEqual([
    ['DELETE /devices/d/modules/m?api-version=2021-04-12', '"AA=="'],
    ['DELETE /devices/d/modules/m?api-version=2021-04-12', '"*"'],
  ]);
});

test('a twin is updated by its own etag and takes over the result', async () => {
  const { seen, registry } = registryOf(
    { body: { deviceId: 'd', etag: 'AAAAAAAAAAE=', tags: {}, properties: { desired: {}, reported: {} } } },
    { body: { deviceId: 'd', etag: 'AAAAAAAAAAI=', tags: { a: 1 }, properties: { desired: {}, reported: {} } } },
  );
  const { responseBody: twin } = await registry.getTwin('d');
  const { result } = await twin.update({ tags: { a: 1 } });
  expect(seen[1]).toMatchObject({
    line: 'PATCH /twins/d?api-version=2021-04-12',
    headers: { 'if-match': '"AAAAAAAAAAE="' },
    body: { tags: { a: 1 } },
  });
  expect(result).toBe(twin);
  expect(JSON.parse(JSON.stringify(twin))).toEqual({
    deviceId: 'd',
    etag: 'AAAAAAAAAAI=',
    tags: { a: 1 },
    properties: { desired: {}, reported: {} },
  });
});

test('a query reads pages until the hub returns no continuation token', async () => {
  const page = (ids: string[], token?: string): Answer => ({
    body: ids.map((deviceId) => ({ deviceId })),
    headers: { 'content-type': 'application/json', ...(token ? { 'x-ms-continuation': token } : {}) },
  });
  const { seen, registry } = registryOf(page(['a', 'b'], 'T1'), page(['c']));
  const query = registry.createQuery('SELECT * FROM devices', 2);
  const first = await query.nextAsTwin();
  expect(first.result.map((twin) => twin.deviceId)).toEqual(['a', 'b']);
  expect([query.hasMoreResults, query.continuationToken]).toEqual([true, 'T1']);
  const rest: unknown[] = [];
  for await (const row of query) rest.push(row);
  expect(rest).toEqual([{ deviceId: 'c' }]);
  expect([query.hasMoreResults, query.continuationToken]).toEqual([false, undefined]);
  expect(seen).toMatchObject([
    { line: 'POST /devices/query?api-version=2021-04-12', headers: { 'x-ms-max-item-count': '2' } },
    { headers: { 'x-ms-continuation': 'T1' }, body: { query: 'SELECT * FROM devices' } },
  ]);
  expect(seen[0]?.headers).not.toHaveProperty('x-ms-continuation');
});

test('a configuration gets a schema version and is updated by its etag', async () => {
  const { seen, registry } = registryOf({}, {});
  await registry.addConfiguration({ id: 'c', schemaVersion: '' });
  await registry.updateConfiguration({ id: 'c', schemaVersion: '1.0', etag: 'X' });
  await expect(registry.updateConfiguration({ id: 'c', schemaVersion: '1.0' })).rejects.toThrow(
    'The ETag should be set while updating the Configuration.',
  );
  expect(seen.map(({ line, headers, body }) => [line, headers['if-match'], body])).toEqual([
    ['PUT /configurations/c?api-version=2021-04-12', undefined, { id: 'c', schemaVersion: '1.0' }],
    ['PUT /configurations/c?api-version=2021-04-12', '"X"', { id: 'c', schemaVersion: '1.0', etag: 'X' }],
  ]);
});
