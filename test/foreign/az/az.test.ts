import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectColumn } from '../support/table.ts';
import { configurations } from './configurations.ts';
import { edge } from './edge.ts';
import { identities } from './identities.ts';
import { jobs } from './jobs.ts';
import { state } from './state.ts';
import { ANY, openTool, type Tool } from './tool.ts';
import { twins } from './twins.ts';

// The azure-iot extension of the az command line is not in a package registry, so the requests of its commands are
// replayed: of all commands that need only --login, as in azext_iot/operations/hub.py and azext_iot/iothub/providers of
// 0.25. The commands over MQTT (`az iot device simulate`, `send-d2c-message`) use the SDK for Python.

let az: Tool;
beforeAll(async () => {
  az = await openTool();
});
afterAll(async () => expectColumn('az', await az.close()));

describe('az iot hub device-identity, module-identity', () => identities(() => az));
describe('az iot hub query, device-twin, module-twin, invoke-*, digital-twin', () => twins(() => az));
describe('az iot hub configuration', () => configurations(() => az));
describe('az iot edge', () => edge(() => az));
describe('az iot hub job', () => jobs(() => az));
describe('az iot hub state', () => state(() => az));

test('az iot device c2d-message purge', async () => {
  await az.create('quiet');
  const purged = await az.object('DELETE /devices/{id}/commands', { names: ['quiet'] });
  expect(purged).toMatchObject({ deviceId: 'quiet', totalMessagesPurged: 0 });
});

// az iot device c2d-message receive, complete, reject, abandon; az iot device send-d2c-message over http
test('az iot device', async () => {
  await az.create('far');
  const { inbox } = az.hub.emulator.hub;
  const send = (text: string) => inbox.enqueue('far', { body: Buffer.from(text), properties: {}, system: {} });
  const receive = async () => {
    const { headers } = await az.ask('GET /devices/{id}/messages/deviceBound', {
      names: ['far'],
      headers: { 'IotHub-MessageLockTimeout': '60' },
    });
    return String(headers.etag).replaceAll('"', '');
  };
  await az.ask('POST /devices/{id}/messages/events', { names: ['far'], body: 'warm' });
  send('one');
  await az.ask('POST /devices/{id}/messages/deviceBound/{token}/abandon', { names: ['far', await receive()] });
  const settle = { names: ['far', await receive()] };
  await az.ask('DELETE /devices/{id}/messages/deviceBound/{token}', settle);
  send('two');
  await az.ask('DELETE /devices/{id}/messages/deviceBound/{token}', {
    names: ['far', await receive()],
    query: 'reject=',
  });
  expect(inbox.list('far')).toEqual([]);
});

test('az iot hub monitor-feedback', async () => {
  await az.create('heard');
  const path = '/devices/heard/messages/devicebound';
  az.hub.emulator.hub.inbox.send({ body: Buffer.from('x'), properties: {}, system: { to: path, ack: 'negative' } });
  az.hub.emulator.hub.inbox.purge('heard');
  await az.hub.emulator.settle();
  const receive = async () => {
    const { body, headers } = await az.ask('GET /messages/serviceBound/feedback');
    return { body, token: String(headers.etag).replaceAll('"', '') };
  };
  const first = await receive();
  expect(first.body).toMatchObject([{ deviceId: 'heard', statusCode: 'Purged' }]);
  await az.ask('POST /messages/serviceBound/feedback/{token}/abandon', { names: [first.token] });
  const second = await receive();
  await az.ask('DELETE /messages/serviceBound/feedback/{token}', { names: [second.token] });
});

test('statistics', async () => {
  expect(await az.object('GET /statistics/devices')).toMatchObject({ totalDeviceCount: expect.any(Number) });
  expect(await az.object('GET /statistics/service')).toEqual({ connectedDeviceCount: expect.any(Number) });
});

// azext_iot/operations/hub.py iot_device_upload_file: it puts the whole file, over https only
test('az iot device upload-file', async () => {
  await az.create('camera');
  const place = await az.object('POST /devices/{id}/files', { names: ['camera'], body: { blobName: 'a.png' } });
  const { hostName, containerName, blobName, sasToken, correlationId } = place;
  const url = new URL(`https://${hostName}/${containerName}/${blobName}${sasToken}`);
  const headers = { 'x-ms-blob-type': 'BlockBlob' };
  const target = `${url.pathname}${url.search}`;
  expect(await az.replay({ method: 'PUT', target, headers, body: 'pixels' })).toMatchObject({ status: 201 });
  await az.ask('POST /devices/{id}/files/notifications', {
    names: ['camera'],
    body: { correlationId, isSuccess: true, statusCode: 201, statusDescription: 'Created' },
  });
  const [notification] = az.hub.emulator.hub.files.notifications.list();
  expect(notification?.item).toMatchObject({ blobName: 'camera/a.png', blobSizeInBytes: 6 });
});

test('an error has the text that the command line prints', async () => {
  const says = async (...asked: Parameters<Tool['refused']>) => {
    const { status, body } = await az.refused(...asked);
    const { Message, ExceptionMessage } = Object(body);
    return [status, String(Message).replace(/;.*/, ''), typeof ExceptionMessage];
  };
  await az.create('known');
  const stale = { 'If-Match': '"c3RhbGU="' };
  const body = { deviceId: 'known', status: 'enabled', authentication: { type: 'sas' } };
  expect([
    await says('GET /devices/{id}', { names: ['nobody'] }),
    await says('PUT /devices/{id}', { names: ['known'], body }),
    await says('PUT /devices/{id}', { names: ['known'], body, headers: stale }),
    await says('PATCH /twins/{id}', { names: ['known'], headers: ANY, body: { tags: { 'a.b': 1 } } }),
    await says('GET /devices/{id}', { names: ['known'], headers: { authorization: 'SharedAccessSignature sr=x' } }),
  ]).toEqual([
    [404, 'ErrorCode:DeviceNotFound', 'string'],
    [409, 'ErrorCode:DeviceAlreadyExists', 'string'],
    [412, 'ErrorCode:PreconditionFailed', 'string'],
    [400, 'ErrorCode:ArgumentInvalid', 'string'],
    [401, 'ErrorCode:IotHubUnauthorizedAccess', 'string'],
  ]);
});

test('every call of the extension that the hub supports was made above and succeeded', () => {
  expect(az.unseen()).toEqual([]);
});
