import { expect, test } from 'vitest';
import type { Principal } from '../../../emulator/auth/principal.ts';
import { noContent } from '../../../emulator/servers/http/response.ts';
import { DEVICE, route, SERVICE_CONNECT } from '../../../emulator/servers/rest/route.ts';
import { signSas } from '../../../protocol/sas.ts';
import { startRest, tokenOf } from '../../support/wire/rest-client.ts';

const EXPIRY = Math.floor(Date.now() / 1000) + 3600;
const expiresAt = EXPIRY * 1000 + 300_000; // five minutes of clock skew

/** A server with one operation for service apps and two for devices, and the callers that they got. */
const open = async () => {
  const callers: Principal[] = [];
  const note = (_: unknown, { caller }: { caller: Principal }) => {
    callers.push(caller);
    return noContent;
  };
  const rest = await startRest({
    routes: [
      route('GET', '/twins/:deviceId', SERVICE_CONNECT, {}, note),
      route('GET', '/devices/:deviceId/inbox', DEVICE, {}, note),
      route('GET', '/devices/:deviceId/modules/:moduleId/inbox', DEVICE, {}, note),
    ],
  });
  rest.hub.registry.create({ deviceId: 'd1' }, {});
  rest.hub.registry.create({ deviceId: 'd2' }, {});
  rest.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const tokenOfIdentity = (key: string, resource: string): string =>
    signSas({ resource, key: rest.hub.fleet.get(key).identity.authentication.primaryKey ?? '', expiry: EXPIRY });
  return { rest, callers, tokenOfIdentity };
};

test('an operation of service apps gets the policy of the caller, with its rights', async () => {
  const { rest, callers } = await open();
  await using _ = rest;
  await rest.ask('GET', '/twins/d1', { as: { authorization: tokenOf('service', { expiry: EXPIRY }) } });
  expect(callers).toEqual([
    { kind: 'policy', policy: 'service', rights: ['ServiceConnect'], scope: [], expiresAt, method: 'sas' },
  ]);
});

test('an operation of devices gets the device or module that calls', async () => {
  const { rest, callers, tokenOfIdentity } = await open();
  await using _ = rest;
  const device = { authorization: tokenOfIdentity('d1', 'localhost/devices/d1') };
  const module = { authorization: tokenOfIdentity('d1/m1', 'localhost/devices/d1/modules/m1') };
  const statuses = [
    await rest.ask('GET', '/devices/d1/inbox', { as: device }),
    await rest.ask('GET', '/devices/d1/modules/m1/inbox', { as: module }),
    await rest.ask('GET', '/devices/d1/inbox', { as: { authorization: tokenOf('device') } }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([204, 204, 204]);
  expect(callers.map(({ kind }) => kind)).toEqual(['device', 'module', 'device']);
  expect(callers[1]).toEqual({ kind: 'module', key: 'd1/m1', rights: ['DeviceConnect'], expiresAt, method: 'sas' });
});

test.each([
  ['no token', () => undefined],
  ['the token of another device', (token: (key: string, of: string) => string) => token('d2', 'localhost/devices/d2')],
  [
    'the token of a module',
    (token: (key: string, of: string) => string) => token('d1/m1', 'localhost/devices/d1/modules/m1'),
  ],
  ['a policy that may not connect devices', () => tokenOf('service')],
])('an operation of devices refuses %s', async (_what, tokenFor) => {
  const { rest, callers, tokenOfIdentity } = await open();
  await using _ = rest;
  const { status, headers } = await rest.ask('GET', '/devices/d1/inbox', {
    as: { authorization: tokenFor(tokenOfIdentity) },
  });
  expect([status, headers['iothub-errorcode'], callers]).toEqual([401, 'IotHubUnauthorizedAccess', []]);
});

test('an answer may be bytes, which arrive as they are', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const answer = { status: 200, body: { type: 'application/octet-stream', content: bytes } };
  await using rest = await startRest({ routes: [route('GET', '/bytes', SERVICE_CONNECT, {}, () => answer)] });
  const headers = { authorization: tokenOf('service') };
  const response = await fetch(`http://127.0.0.1:${rest.port}/bytes?api-version=2021-04-12`, { headers });
  expect([response.headers.get('content-type'), response.headers.get('content-length')]).toEqual([
    'application/octet-stream',
    '256',
  ]);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
});
