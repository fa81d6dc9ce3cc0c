import { expect, test } from 'vitest';
import { startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/rest/api/iothub/service/bulk-registry/update-registry
test('a bulk request that succeeds whole is answered 200', async () => {
  await using rest = await startRest();
  const body = [
    { id: 'a', importMode: 'create', status: 'enabled', tags: { hall: 3 }, capabilities: { iotEdge: false } },
    { id: 'b', importMode: 'create', status: 'disabled' },
  ];
  const { status, text } = await rest.ask('POST', '/devices', { body });
  expect([status, text]).toEqual([200, '{"isSuccessful":true,"errors":[],"warnings":[]}']);
  expect((await rest.ask('GET', '/twins/a')).body).toMatchObject({ tags: { hall: 3 } });
});

test('one that does not is answered 400, and the rest of it is done', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const body = [
    { id: 'd1', importMode: 'create' },
    { id: 'd2', importMode: 'create' },
  ];
  expect(await rest.ask('POST', '/devices', { body })).toMatchObject({
    status: 400,
    headers: { 'iothub-errorcode': 'BulkRegistryOperationFailure' },
    body: {
      isSuccessful: false,
      errors: [
        {
          deviceId: 'd1',
          errorCode: 'DeviceAlreadyExists',
          errorStatus: "A device with ID 'd1' is already registered.",
          moduleId: null,
          operation: null,
        },
      ],
      warnings: [],
    },
  });
  expect((await rest.ask('GET', '/devices/d2')).status).toBe(200);
});

test('Azure IoT Explorer deletes in bulk', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const body = [{ etag: '*', id: 'd1', importMode: 'deleteIfMatchEtag' }];
  expect((await rest.ask('POST', '/devices', { body })).body).toMatchObject({ isSuccessful: true });
  expect((await rest.ask('GET', '/devices/d1')).status).toBe(404);
});

test.each([
  [100, 200, undefined],
  [101, 413, 'TooManyDevices'],
])('%d items at once are answered %d', async (count, expected, code) => {
  await using rest = await startRest();
  const body = Array.from({ length: count }, (_, n) => ({ id: `d${n}`, importMode: 'create' }));
  const { status, headers } = await rest.ask('POST', '/devices', { body });
  expect([status, headers['iothub-errorcode']]).toEqual([expected, code]);
  expect(rest.hub.fleet.devices.size).toBe(expected === 200 ? 100 : 0);
});

test('new keys for unknown devices only are a failure', async () => {
  await using rest = await startRest();
  const body = { policyKey: 'both', devices: [{ id: 'd1', moduleId: 'm1' }] };
  expect(await rest.ask('POST', '/devices/keys/regenerate', { body })).toMatchObject({
    status: 400,
    headers: { 'iothub-errorcode': 'BulkRegenerateDeviceKeyOperationFailure' },
    body: { policyKey: 'both', rotatedKeys: [], errors: [{ id: 'd1', moduleId: 'm1', errorCode: 'DeviceNotFound' }] },
  });
});

test('keys are made again on request', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const body = { policyKey: 'primaryKey', devices: [{ id: 'd1', moduleId: null }] };
  const { status, body: rotated } = await rest.ask('POST', '/devices/keys/regenerate', { body });
  const { authentication } = (await rest.ask('GET', '/devices/d1')).body as {
    authentication: { symmetricKey: object };
  };
  expect([status, rotated]).toEqual([
    200,
    {
      policyKey: 'primaryKey',
      rotatedKeys: [{ id: 'd1', moduleId: null, ...authentication.symmetricKey }],
      errors: [],
    },
  ]);
});
