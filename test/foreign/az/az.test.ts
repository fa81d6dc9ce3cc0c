import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectColumn } from '../support/table.ts';
import { ABSENT } from './codes.ts';
import { configurations } from './configurations.ts';
import { edge } from './edge.ts';
import { identities } from './identities.ts';
import { jobs } from './jobs.ts';
import { state } from './state.ts';
import { ANY, openTool, type Tool } from './tool.ts';
import { twins } from './twins.ts';

// The extension azure-iot of the az command line is in no package registry, so what its commands send is replayed: every
// one that makes do with --login, as azext_iot/operations/hub.py and azext_iot/iothub/providers of 0.25 have it. What
// goes over MQTT (`az iot device simulate`, `send-d2c-message`) is the SDK for Python.

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

test('statistics', async () => {
  expect(await az.object('GET /statistics/devices')).toMatchObject({ totalDeviceCount: expect.any(Number) });
  expect(await az.object('GET /statistics/service')).toEqual({ connectedDeviceCount: expect.any(Number) });
});

test.each(ABSENT)('%s is told that there is no such thing', async (call) => {
  const { status, body } = await az.refused(call, { names: ['quiet', 'token'], body: {} });
  expect([status, body]).toEqual([404, { Message: expect.any(String) }]);
});

test('an error says what the command line prints', async () => {
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

test('every call of the extension that the hub has was made above, with a code that az takes for success', () => {
  expect(az.unseen()).toEqual([]);
});
