import { expect, test } from 'vitest';
import { startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/rest/api/iothub/service/devices
const KEYS = { primaryKey: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ=', secondaryKey: 'YW5vdGhlci1hbm90aGVyLWFub3Q=' };
const TRACKING = /^Tracking ID:[0-9A-F]{32}-G2:-TimeStamp:2026-01-01T00:00:00Z$/;

test('a device is created, read, replaced and deleted', async () => {
  await using rest = await startRest();
  const body = { deviceId: 'pump-7', status: 'enabled', authentication: { type: 'sas', symmetricKey: KEYS } };
  const created = await rest.ask('PUT', '/devices/pump-7', { body });
  expect(created.status).toBe(200);
  expect(created.body).toEqual({
    deviceId: 'pump-7',
    generationId: expect.stringMatching(/^\d{18}$/),
    etag: expect.stringMatching(/^[A-Za-z0-9+/]{12}$/),
    connectionState: 'Disconnected',
    status: 'enabled',
    statusReason: null,
    connectionStateUpdatedTime: '0001-01-01T00:00:00Z',
    statusUpdatedTime: '0001-01-01T00:00:00Z',
    lastActivityTime: '0001-01-01T00:00:00Z',
    cloudToDeviceMessageCount: 0,
    authentication: {
      symmetricKey: KEYS,
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      type: 'sas',
    },
    capabilities: { iotEdge: false },
  });
  const read = await rest.ask('GET', '/devices/pump-7');
  expect([read.status, read.text]).toEqual([200, created.text]);
  const replaced = await rest.ask('PUT', '/devices/pump-7', {
    body: { ...body, status: 'disabled', statusReason: 'in repair' },
    headers: { 'if-match': '"*"' },
  });
  expect(replaced).toMatchObject({ status: 200, body: { status: 'disabled', statusReason: 'in repair' } });
  const deleted = await rest.ask('DELETE', '/devices/pump-7', { headers: { 'if-match': '"*"' } });
  expect([deleted.status, deleted.text, deleted.headers['content-type']]).toEqual([204, '', undefined]);
  const gone = await rest.ask('GET', '/devices/pump-7');
  expect(gone).toMatchObject({ status: 404, headers: { 'iothub-errorcode': 'DeviceNotFound' } });
  expect(gone.body).toEqual({
    Message: 'ErrorCode:DeviceNotFound;pump-7',
    ExceptionMessage: expect.stringMatching(TRACKING),
  });
});

test('every answer carries the headers of the service', async () => {
  await using rest = await startRest();
  const made = await rest.ask('PUT', '/devices/d1', { body: {} });
  const missing = await rest.ask('GET', '/devices/d2');
  const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  for (const { headers, text } of [made, missing])
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      vary: 'Origin',
      server: 'Microsoft-HTTPAPI/2.0',
      date: expect.stringMatching(/GMT$/),
      'x-ms-request-id': uuid,
      connection: 'keep-alive',
    });
  expect(made.headers.etag).toBe((made.body as { etag: string }).etag); // of the identity just made
  expect(made.headers['content-encoding']).toBeUndefined();
  expect(missing.headers.etag).toBeUndefined();
});

test('a PUT without If-Match only creates', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/tf-dev-01', { body: { deviceId: 'tf-dev-01' } });
  const again = await rest.ask('PUT', '/devices/tf-dev-01', { body: { deviceId: 'tf-dev-01' } });
  expect([again.status, again.headers['iothub-errorcode']]).toEqual([409, 'DeviceAlreadyExists']);
  expect(again.body).toEqual({
    Message: "ErrorCode:DeviceAlreadyExists;A device with ID 'tf-dev-01' is already registered.",
    ExceptionMessage: expect.stringMatching(TRACKING),
  });
});

test('If-Match decides in each of its forms', async () => {
  await using rest = await startRest();
  const etag = async (): Promise<string> => (await rest.ask('GET', '/devices/d1')).headers.etag ?? '';
  const put = async (ifMatch: string): Promise<number> =>
    (await rest.ask('PUT', '/devices/d1', { body: { deviceId: 'd1' }, headers: { 'if-match': ifMatch } })).status;
  expect(await put('*')).toBe(404);
  await rest.ask('PUT', '/devices/d1', { body: {} });
  expect(await put('*')).toBe(200);
  expect(await put('"*"')).toBe(200);
  expect(await put(await etag())).toBe(200);
  expect(await put(`"${await etag()}"`)).toBe(200);
  expect(await put(`W/"${await etag()}"`)).toBe(200);
  expect(await put('nonsense')).toBe(412);
  const stale = await rest.ask('PUT', '/devices/d1', { body: {}, headers: { 'if-match': '"OTU3NDgyODA0"' } });
  expect(stale).toMatchObject({ status: 412, headers: { 'iothub-errorcode': 'PreconditionFailed' } });
  expect(stale.text).toMatch(
    /Precondition failed: Device version did not match, existingVersion:\d{9} newVersion:957482804/,
  );
});

test('a DELETE needs If-Match', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const bare = await rest.ask('DELETE', '/devices/d1');
  expect([bare.status, bare.headers['iothub-errorcode']]).toEqual([412, 'PreconditionFailed']);
  expect(bare.text).toContain('Etag missing');
  expect((await rest.ask('DELETE', '/devices/d1', { headers: { 'if-match': 'b2xk' } })).status).toBe(412);
  expect((await rest.ask('DELETE', '/devices/d2', { headers: { 'if-match': '*' } })).status).toBe(404);
  expect((await rest.ask('DELETE', '/devices/d1', { headers: { 'if-match': '*' } })).status).toBe(204);
});

test('a list holds whole identities, at most as many as asked for', async () => {
  await using rest = await startRest();
  for (const id of ['a', 'b', 'c']) await rest.ask('PUT', `/devices/${id}`, { body: {} });
  const ids = async (path: string): Promise<unknown> => {
    const { body } = await rest.ask('GET', path);
    return Array.isArray(body) && body.map(({ deviceId, authentication }) => [deviceId, authentication.type]);
  };
  expect(await ids('/devices/')).toEqual([
    ['a', 'sas'],
    ['b', 'sas'],
    ['c', 'sas'],
  ]);
  expect(await ids('/devices?top=2')).toEqual([
    ['a', 'sas'],
    ['b', 'sas'],
  ]);
  expect(await ids('/devices/?top=1000')).toHaveLength(3);
  for (const top of ['0', '1001', '-1', 'many', ''])
    expect(await rest.ask('GET', `/devices?top=${top}`)).toMatchObject({
      status: 400,
      headers: { 'iothub-errorcode': 'ArgumentInvalid' },
    });
});

test('statistics count devices by status and connections', async () => {
  await using rest = await startRest();
  for (const [id, status] of Object.entries({ a: 'enabled', b: 'disabled', c: 'enabled' }))
    await rest.ask('PUT', `/devices/${id}`, { body: { status } });
  expect((await rest.ask('GET', '/statistics/devices')).text).toBe(
    '{"totalDeviceCount":3,"enabledDeviceCount":2,"disabledDeviceCount":1}',
  );
  expect((await rest.ask('GET', '/statistics/service')).text).toBe('{"connectedDeviceCount":0}');
});

test('modules live under their device', async () => {
  await using rest = await startRest();
  const path = '/devices/d1/modules/m1';
  expect((await rest.ask('PUT', path, { body: {} })).headers['iothub-errorcode']).toBe('DeviceNotFound');
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const made = await rest.ask('PUT', path, { body: { deviceId: 'd1', moduleId: 'm1' } });
  expect([made.status, Object.keys(made.body ?? {})]).toEqual([
    200,
    [
      'moduleId',
      'managedBy',
      'deviceId',
      'generationId',
      'etag',
      'connectionState',
      'connectionStateUpdatedTime',
      'lastActivityTime',
      'cloudToDeviceMessageCount',
      'authentication',
    ],
  ]);
  expect((await rest.ask('GET', path)).text).toBe(made.text);
  expect((await rest.ask('GET', '/devices/d1/modules')).text).toBe(`[${made.text}]`);
  const conflict = await rest.ask('PUT', path, { body: {} });
  expect([conflict.status, conflict.headers['iothub-errorcode']]).toEqual([409, 'ModuleAlreadyExistsOnDevice']);
  expect(conflict.body).toEqual({
    errorCode: 409301,
    message: 'Device d1 in IotHub localhost already contains Module m1.',
    trackingId: expect.stringMatching(/^[0-9A-F]{32}-G2:/),
    timestampUtc: '2026-01-01T00:00:00Z',
  });
  expect((await rest.ask('GET', '/devices/d1/modules/m2')).headers['iothub-errorcode']).toBe('ModuleNotFound');
  expect((await rest.ask('PUT', '/devices/d1/modules/$mine', { body: {} })).status).toBe(400);
  expect((await rest.ask('DELETE', path, { headers: { 'if-match': '*' } })).status).toBe(204);
  expect((await rest.ask('GET', '/devices/d1/modules')).text).toBe('[]');
});

test.each([
  ['an identity of another name', { deviceId: 'd2' }],
  ['half a pair of keys', { authentication: { symmetricKey: { primaryKey: KEYS.primaryKey, secondaryKey: '' } } }],
  [
    'a key of 15 bytes',
    { authentication: { symmetricKey: { primaryKey: 'MTIzNDU2Nzg5MDEyMzQ1', secondaryKey: 'MTIzNDU2Nzg5MDEyMzQ1' } } },
  ],
  [
    'a thumbprint that is not valid',
    { authentication: { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: 'AB' } } },
  ],
  ['a device without authentication', { authentication: { type: 'none' } }],
  ['an unknown status', { status: 'asleep' }],
  ['a status reason of 129 characters', { statusReason: 'x'.repeat(129) }],
  ['an array', []],
])('%s is refused', async (_, body) => {
  await using rest = await startRest();
  expect(await rest.ask('PUT', '/devices/d1', { body })).toMatchObject({
    status: 400,
    headers: { 'iothub-errorcode': 'ArgumentInvalid' },
  });
  expect((await rest.ask('GET', '/devices/d1')).status).toBe(404);
});
