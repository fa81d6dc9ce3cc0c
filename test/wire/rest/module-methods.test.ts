import azure from 'azure-iot-device';
import { Mqtt as MicrosoftsMqtt } from 'azure-iot-device-mqtt';
import { startEmulator } from 'iothub-emulator';
import * as ours from 'iothub-emulator/device';
import { expect, test } from 'vitest';
import { jsonTextOf } from '../../../emulator/kernel/json-text.ts';
import { signSas } from '../../../protocol/sas.ts';
import { connectDevice } from '../../support/hub/device-end.ts';
import { startRest } from '../../support/wire/rest-client.ts';

// https://github.com/Azure/azure-iot-sdk-node/blob/main/device/core/src/module_client/method_client.ts

const LATER = Math.floor(Date.now() / 1000) + 3600;
const TIMEOUTS = { connectTimeoutInSeconds: 0, responseTimeoutInSeconds: 10 };

const open = async () => {
  const rest = await startRest();
  const { registry, sessions, methods } = rest.hub;
  const edge = registry.create({ deviceId: 'edge' }, { capabilities: { iotEdge: true } });
  registry.create({ deviceId: 'leaf' }, { deviceScope: edge.identity.deviceScope ?? null });
  registry.create({ deviceId: 'other' }, {});
  for (const name of ['edge', 'leaf', 'other']) registry.create({ deviceId: name, moduleId: 'm$1' }, {});
  registry.create({ deviceId: 'edge', moduleId: 'm2' }, {});
  for (const key of ['edge', 'edge/m2', 'leaf', 'leaf/m$1', 'other', 'other/m$1']) {
    const session = {
      key,
      protocol: 'test' as const,
      deliver: (message: { type: string; requestId?: string }) =>
        void (
          message.type === 'method' &&
          methods.respond(key, message.requestId ?? '', { status: 207, payload: jsonTextOf({ from: key }) })
        ),
      close: () => undefined,
    };
    sessions.open(session, { resume: false });
    sessions.subscribe(session, 'methods', 0);
  }
  const tokenOf = (key: string) =>
    signSas({
      resource: `localhost/devices/${encodeURIComponent('edge')}/modules/${encodeURIComponent('m$1')}`,
      key: rest.hub.fleet.get(key).identity.authentication.primaryKey ?? '',
      expiry: LATER,
    });
  const call = async (path: string, { caller = 'edge/m%241', signer = 'edge/m$1' } = {}) => {
    const { status, text, headers } = await rest.ask('POST', `/twins/${path}/methods`, {
      as: { authorization: tokenOf(signer) },
      headers: { 'x-ms-edge-moduleId': caller },
      body: { methodName: 'wave', responseTimeoutInSeconds: 10 },
    });
    return status === 200 ? text : [status, headers['iothub-errorcode']];
  };
  return { call, [Symbol.asyncDispose]: rest[Symbol.asyncDispose] };
};

test.each([
  ['its own device', 'edge', 'edge'],
  ['another module of its device', 'edge/modules/m2', 'edge/m2'],
  ['a child of its device', 'leaf', 'leaf'],
  ['a module of a child', 'leaf/modules/m%241', 'leaf/m$1'],
])('a module calls a method of %s', async (_, path, from) => {
  await using rest = await open();
  expect(await rest.call(path)).toBe(`{"status":207,"payload":{"from":"${from}"}}`);
});

test('a module may name itself without URL encoding, as the SDK for Python does', async () => {
  await using rest = await open();
  expect(await rest.call('edge', { caller: 'edge/m$1' })).toBe('{"status":207,"payload":{"from":"edge"}}');
});

test.each([
  ['a device that is not below its own', 'other', {}],
  ['a module of such a device', 'other/modules/m%241', {}],
  ['a device that does not exist', 'absent', {}],
  ['its device, with the key of another module', 'edge', { signer: 'edge/m2' }],
  ['its device, with a token for another module', 'edge', { caller: 'edge/m2' }],
  ['its device, if it does not exist', 'edge', { caller: 'edge/absent' }],
  ['another device, under the name of a module there', 'other', { caller: 'other/m%241' }],
])('a module does not reach %s', async (_, path, as) => {
  await using rest = await open();
  expect(await rest.call(path, as)).toEqual([401, 'IotHubUnauthorizedAccess']);
});

test.each([
  ['GET', '/devices/edge'],
  ['GET', '/twins/edge'],
  ['GET', '/devices/edge/messages/devicebound'],
])('a module that names itself needs an api-version in %s %s', async (method, path) => {
  await using rest = await startRest();
  const { status, headers } = await rest.ask(method, path, {
    apiVersion: '',
    headers: { 'x-ms-edge-moduleId': 'edge/m' },
  });
  expect([status, headers['iothub-errorcode']]).toEqual([400, 'InvalidProtocolVersion']);
});

test.each([
  ['our client', ours.ModuleClient, ours.Mqtt],
  ["Microsoft's SDK", azure.ModuleClient, MicrosoftsMqtt],
] as const)('%s calls a method of the device that its module is on', async (_, ModuleClient, Mqtt) => {
  await using emulator = await startEmulator({ trust: 'process', devices: ['d1'] });
  emulator.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  connectDevice(emulator.hub, 'd1', (name, payload) => ({ status: 207, payload: { name, payload } }));
  // the SDK calls methods at the gateway only
  const text = `${emulator.moduleConnectionString('d1', 'm1')};GatewayHostName=localhost`;
  const module = ModuleClient.fromConnectionString(text, Mqtt as never); // transports differ in private members only
  expect(await module.invokeMethod('d1', { methodName: 'wave', payload: [1], ...TIMEOUTS })).toEqual({
    status: 207,
    payload: { name: 'wave', payload: [1] },
  });
});
