import { expect, test } from 'vitest';
import { ownStorage } from '../../../emulator/blobs/own-storage.ts';
import { knownHost } from '../../../emulator/hosting/known-host.ts';
import { type FileStorage, noFileStorage } from '../../../emulator/hub/files/file-storage.ts';
import { silentLog } from '../../../emulator/log.ts';
import { HubError } from '../../../protocol/errors.ts';
import { resourceOf } from '../../../protocol/identity-key.ts';
import { signSas } from '../../../protocol/sas.ts';
import { ACCOUNT } from '../../support/hub/files.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/rest/api/iothub/device/create-file-upload-sas-uri and update-file-upload-status

const NOTIFICATIONS = '/messages/serviceBound/filenotifications';
const SOON = Math.floor(Date.now() / 1000) + 3600;

const start = async (fileStorage: FileStorage = ownStorage(ACCOUNT)) => {
  const rest = await startRest({ fileStorage });
  for (const deviceId of ['d1', 'd2']) rest.hub.registry.create({ deviceId }, {});
  rest.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  return rest;
};
const as = (rest: Rest, key = 'd1') => ({
  authorization: signSas({
    resource: `localhost/${resourceOf(key)}`,
    key: rest.hub.fleet.get(key).identity.authentication.primaryKey ?? '',
    expiry: SOON,
  }),
});
const codeOf = async (answer: ReturnType<Rest['ask']>) => {
  const { status, headers } = await answer;
  return [status, headers['iothub-errorcode']];
};
/** A place, at which the file is then. */
const upload = async (rest: Rest, key = 'd1'): Promise<string> => {
  const { body } = await rest.ask('POST', `/${resourceOf(key)}/files`, { as: as(rest, key), body: { blobName: 'a' } });
  const { correlationId, blobName } = Object(body);
  rest.hub.blobs.put(blobName, Buffer.from('hello'), {});
  return correlationId;
};
const OK = { isSuccess: true, statusCode: 200, statusDescription: 'fine' };

test('a device gets a place under the name by which it has reached the hub', async () => {
  await using rest = await start();
  const headers = { host: 'hub.example:8443' };
  const { status, body } = await rest.ask('POST', '/devices/d1/files', {
    as: as(rest),
    body: { blobName: 'a' },
    headers,
  });
  expect([status, body]).toEqual([
    200,
    {
      correlationId: expect.any(String),
      hostName: 'hub.example:8443/iothubemulator',
      containerName: 'uploads',
      blobName: 'd1/a',
      sasToken: expect.stringMatching(/^\?sv=/),
    },
  ]);
});

test('a host that cannot be part of a URL is not repeated', async () => {
  await using rest = await start();
  const headers = { host: 'evil/path' };
  const { body } = await rest.ask('POST', '/devices/d1/files', { as: as(rest), body: { blobName: 'a' }, headers });
  expect(body).toMatchObject({ hostName: 'localhost/iothubemulator' });
});

test('a name that is not one of the hub is not repeated, and the log says so once', async () => {
  const warned: unknown[] = [];
  const log = { ...silentLog, warn: (text: string, fields?: object) => void warned.push({ text, ...fields }) };
  const hostOf = knownHost({ hostname: 'localhost', san: ['Iot.example'], host: 'localhost' }, log);
  const ours = ['localhost', 'localhost:8443', 'oslo.hub.localhost:8443', 'IOT.example:443', '127.0.0.2', '[::1]:443'];
  expect(ours.map(hostOf)).toEqual(ours);
  expect(['evil.example', 'evil.example:8443', '[::2]:1', 'localhost.evil.example'].map(hostOf)).toEqual([
    ...['localhost', 'localhost:8443', 'localhost:1', 'localhost'],
  ]);
  expect(warned).toEqual([
    {
      text: 'A device has used a name that is not in the certificate',
      host: 'evil.example',
      cause: 'the address of its file has localhost instead',
      remedy: 'if others reach the emulator by that name, start it with --san evil.example',
    },
  ]);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-pricing: beginning and end are charged, the file is not
test('an upload is charged as two messages', async () => {
  await using rest = await start();
  const correlationId = await upload(rest);
  await rest.ask('POST', '/devices/d1/files/notifications', { as: as(rest), body: { correlationId, ...OK } });
  expect(rest.hub.usage.of('fileUploads')).toMatchObject({ operations: 1, messages: { large: 2 } });
});

// SDKs: Node has the id in the path, Python, Java, C and .NET in the body; modules are of Java; C ends the path with a slash
test.each([
  ['in the body', 'd1', (id: string) => ['/devices/d1/files/notifications', { correlationId: id, ...OK }]],
  ['in the path', 'd1', (id: string) => [`/devices/d1/files/notifications/${id}`, OK]],
  ['in the path of a module', 'd1/m1', (id: string) => [`/devices/d1/modules/m1/files/notifications/${id}`, OK]],
  [
    'of a module',
    'd1/m1',
    (id: string) => [
      '/devices/d1/modules/m1/files/notifications',
      { correlationId: id, isSuccess: true, statusCode: null, statusDescription: null },
    ],
  ],
] as const)('an upload is ended with the correlation id %s', async (_, key, form) => {
  await using rest = await start();
  const [path, body] = form(await upload(rest, key));
  expect(await rest.ask('POST', String(path), { as: as(rest, key), body })).toMatchObject({ status: 204, text: '' });
  expect(rest.hub.files.notifications.list().map(({ item }) => [item.deviceId, item.blobSizeInBytes])).toEqual([
    ['d1', 5],
  ]);
});

test('paths of older versions work too', async () => {
  await using rest = await start();
  expect((await rest.ask('GET', '/devices/d1/files/a', { as: as(rest), apiVersion: '2016-02-03' })).body).toMatchObject(
    {
      blobName: 'd1/a',
    },
  );
  const { body } = await rest.ask('POST', '/devices/d1/files/', {
    as: as(rest),
    apiVersion: '2016-11-14',
    body: { blobName: 'b' },
  });
  expect(body).toMatchObject({ blobName: 'd1/b' });
});

test('a device cannot upload as another one, and a service app not at all', async () => {
  await using rest = await start();
  const body = { blobName: 'a' };
  const refused = [401, 'IotHubUnauthorizedAccess'];
  expect(await codeOf(rest.ask('POST', '/devices/d1/files', { as: as(rest, 'd2'), body }))).toEqual(refused);
  expect(await codeOf(rest.ask('POST', '/devices/d1/modules/m1/files', { as: as(rest, 'd2'), body }))).toEqual(refused);
  expect(await codeOf(rest.ask('GET', NOTIFICATIONS, { as: as(rest) }))).toEqual(refused);
});

test('an old form is for the device too', async () => {
  await using rest = await start();
  expect(await codeOf(rest.ask('GET', '/devices/d1/files/a', { as: as(rest, 'd2') }))).toEqual([
    401,
    'IotHubUnauthorizedAccess',
  ]);
});

test('the eleventh upload is refused, and every one without a storage account', async () => {
  await using rest = await start();
  const begin = (on: Rest) => codeOf(on.ask('POST', '/devices/d1/files', { as: as(on), body: { blobName: 'a' } }));
  for (let n = 0; n < 10; n += 1) expect(await begin(rest)).toEqual([200, undefined]);
  expect(await begin(rest)).toEqual([403, 'DeviceMaximumActiveFileUploadLimitExceeded']);
  await using without = await start(noFileStorage);
  expect(await begin(without)).toEqual([400, 'DefaultStorageEndpointNotConfigured']);
});

test('a storage account that does not answer is told, and the upload can be ended later', async () => {
  let isThere = false;
  const { place } = ownStorage(ACCOUNT);
  const find = async () => {
    if (isThere) return { size: 5, modifiedAt: 0 };
    throw new HubError('InvalidStorageEndpoint', 'It did not answer.', { hint: 'no answer within 10000 ms' });
  };
  await using rest = await start({ place, find });
  const path = `/devices/d1/files/notifications/${await upload(rest)}`;
  const refused = await rest.ask('POST', path, { as: as(rest), body: OK });
  expect([refused.status, refused.headers['iothub-errorcode'], refused.headers['x-iothub-emulator-hint']]).toEqual([
    400,
    'InvalidStorageEndpoint',
    'no answer within 10000 ms',
  ]);
  isThere = true;
  expect((await rest.ask('POST', path, { as: as(rest), body: OK })).status).toBe(204);
});

test.each([
  '/devices/d1/files/notifications',
  '/devices/d1/files/notifications/x',
  '/devices/d1/modules/m1/files/notifications',
  '/devices/d1/modules/m1/files/notifications/x',
])('an unknown upload cannot be ended: %s', async (path) => {
  await using rest = await start();
  const key = path.includes('m1') ? 'd1/m1' : 'd1';
  expect(await codeOf(rest.ask('POST', path, { as: as(rest, key), body: { correlationId: 'x', ...OK } }))).toEqual([
    400,
    'InvalidFileUploadCorrelationId',
  ]);
});

test('an ending that cannot be right is refused', async () => {
  await using rest = await start();
  const path = '/devices/d1/files/notifications';
  const end = (body: object | string) => codeOf(rest.ask('POST', path, { as: as(rest), body }));
  const correlationId = await upload(rest);
  expect(await end({ correlationId: 'x', ...OK })).toEqual([400, 'InvalidFileUploadCorrelationId']);
  expect(await end({ correlationId, statusCode: 200 })).toEqual([400, 'InvalidFileUploadCompletionStatus']);
  rest.clock.advance(3_600_000);
  expect(await end({ correlationId, ...OK })).toEqual([400, 'ExpiredFileUploadCorrelationId']);
  expect(rest.hub.files.notifications.list()).toEqual([]);
});

test('an upload whose blob is not there is accepted with a hint', async () => {
  await using rest = await start();
  const correlationId = await upload(rest);
  rest.hub.blobs.delete('d1/a');
  const path = `/devices/d1/files/notifications/${correlationId}`;
  const { status, headers } = await rest.ask('POST', path, { as: as(rest), body: OK });
  expect([status, headers['x-iothub-emulator-hint']]).toEqual([204, expect.stringContaining('no such blob')]);
  expect(rest.lines).toMatchObject([{ level: 'info', text: 'Accepted a request with doubt' }]);
});

// azure-iot-device counts characters where bytes are meant: its body ends too early
test('the cut body of an SDK is explained', async () => {
  await using rest = await start();
  const { status, headers } = await rest.ask('POST', '/devices/d1/files', {
    as: as(rest),
    body: '{"blobName":"ä.txt"',
  });
  expect([status, headers['iothub-errorcode'], headers['x-iothub-emulator-hint']]).toEqual([
    400,
    'ArgumentInvalid',
    expect.stringContaining('the SDK for Node cuts bodies'),
  ]);
});

test('notifications are received, abandoned, received again and completed', async () => {
  await using rest = await start();
  expect(await rest.ask('GET', NOTIFICATIONS, { as: 'service' })).toMatchObject({ status: 204, text: '' });
  await rest.ask('POST', `/devices/d1/files/notifications/${await upload(rest)}`, { as: as(rest), body: OK });
  const receive = async () => {
    const { status, headers, body } = await rest.ask('GET', NOTIFICATIONS, { as: 'service' });
    return { status, body, lockToken: headers.etag?.replaceAll('"', '') };
  };
  const first = await receive();
  expect(first).toMatchObject({ status: 200, body: { deviceId: 'd1', blobName: 'd1/a', blobSizeInBytes: 5 } });
  expect((await receive()).status).toBe(204);
  expect((await rest.ask('POST', `${NOTIFICATIONS}/${first.lockToken}/abandon`)).status).toBe(204);
  const second = await receive();
  expect(second.body).toEqual(first.body);
  expect((await rest.ask('DELETE', `${NOTIFICATIONS}/${second.lockToken}`)).status).toBe(204);
  const lost = [412, 'DeviceMessageLockLost'];
  expect(await codeOf(rest.ask('DELETE', `${NOTIFICATIONS}/${second.lockToken}`))).toEqual(lost);
  expect(await codeOf(rest.ask('POST', `${NOTIFICATIONS}/${second.lockToken}/abandon`))).toEqual(lost);
});
