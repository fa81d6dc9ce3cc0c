import { expect, test } from 'vitest';
import type { PolicyName } from '../../../emulator/auth/policies.ts';
import { startRest, tokenOf } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas#access-control-and-permissions
const OPERATIONS = [
  ['GET', '/statistics/devices', 'R'],
  ['GET', '/statistics/service', 'RS'],
  ['GET', '/devices', 'R'],
  ['GET', '/devices/d1', 'R'],
  ['PUT', '/devices/d1', 'W'],
  ['DELETE', '/devices/d1', 'W'],
  ['GET', '/devices/d1/modules', 'R'],
  ['GET', '/devices/d1/modules/m1', 'R'],
  ['PUT', '/devices/d1/modules/m1', 'W'],
  ['DELETE', '/devices/d1/modules/m1', 'W'],
  ['GET', '/twins/d1', 'S'],
  ['PATCH', '/twins/d1', 'S'],
  ['PUT', '/twins/d1', 'S'],
  ['PUT', '/twins/d1/tags', 'S'],
  ['PUT', '/twins/d1/properties/desired', 'S'],
  ['GET', '/twins/d1/modules/m1', 'S'],
  ['PATCH', '/twins/d1/modules/m1', 'S'],
  ['PUT', '/twins/d1/modules/m1', 'S'],
  ['POST', '/twins/d1/methods', 'S'],
  ['POST', '/twins/d1/modules/m1/methods', 'S'],
  ['POST', '/devices/query', 'S'],
  ['POST', '/devices', 'W'],
  ['POST', '/devices/keys/regenerate', 'W'],
  ['DELETE', '/devices/d1/commands', 'WS'],
  ['POST', '/messages/deviceBound', 'S'],
  ['POST', '/devices/d1/messages/deviceBound', 'S'],
  ['GET', '/messages/serviceBound/feedback', 'S'],
  ['DELETE', '/messages/serviceBound/feedback/t1', 'S'],
  ['POST', '/messages/serviceBound/feedback/t1/abandon', 'S'],
  ['GET', '/jobs/v2/query', 'S'],
  ['GET', '/jobs/v2/job01', 'S'],
  ['PUT', '/jobs/v2/job01', 'S'],
  ['POST', '/jobs/v2/job01/cancel', 'S'],
  ['GET', '/jobs', 'R'],
  ['POST', '/jobs/create', 'W'],
  ['GET', '/jobs/job01', 'R'],
  ['DELETE', '/jobs/job01', 'W'],
  ['GET', '/configurations', 'RS'],
  ['GET', '/configurations/c1', 'RS'],
  ['PUT', '/configurations/c1', 'WS'],
  ['DELETE', '/configurations/c1', 'WS'],
  ['POST', '/configurations/testQueries', 'RS'],
  ['POST', '/devices/d1/applyConfigurationContent', 'WS'],
  ['GET', '/digitaltwins/d1', 'S'],
  ['PATCH', '/digitaltwins/d1', 'S'],
  ['POST', '/digitaltwins/d1/commands/reboot', 'S'],
  ['POST', '/digitaltwins/d1/components/c1/commands/reboot', 'S'],
] as const;

const RIGHTS = {
  iothubowner: 'RWS',
  service: 'S',
  device: '',
  registryRead: 'R',
  registryReadWrite: 'RW',
} as const satisfies Record<PolicyName, string>;

const UNAUTHORIZED = {
  Message: 'ErrorCode:IotHubUnauthorizedAccess;Unauthorized',
  ExceptionMessage: expect.stringMatching(/^Tracking ID:[0-9A-F]{32}-G2:/),
};

test.each(OPERATIONS)('%s %s is for those with the right %s', async (method, path, needed) => {
  await using rest = await startRest();
  const body = method === 'GET' ? undefined : {};
  for (const [policy, rights] of Object.entries(RIGHTS)) {
    const { status } = await rest.ask(method, path, { body, as: policy as PolicyName }); // a key of RIGHTS
    expect([policy, status !== 401]).toEqual([policy, [...needed].some((right) => rights.includes(right))]);
  }
});

const NOW = Math.floor(Date.now() / 1000);
const owner = (change: Parameters<typeof tokenOf>[1]): string => tokenOf('iothubowner', change);

test.each([
  ['no Authorization header', undefined],
  ['an empty one', ''],
  ['another scheme', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
  ['half a token', 'SharedAccessSignature sr=localhost'],
  ['a wrong key', owner({ key: 'd3JvbmcgLSB3cm9uZyAtIHdyb25nIC0gd3Jvbmc=' })],
  ['a token that expired six minutes ago', owner({ expiry: NOW - 360 })],
  ['a token of one device', owner({ resource: 'localhost/devices/d1' })],
  ['a token of a part of a segment', owner({ resource: 'localhost/twin' })],
  ['an unknown policy', owner({}).replace('skn=iothubowner', 'skn=nobody')],
  ['a signature for another policy', owner({}).replace('skn=iothubowner', 'skn=service')],
])('%s is answered 401', async (_, authorization) => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const before = await rest.ask('GET', '/twins/d1');
  const asked = { body: { tags: { a: 1 } }, as: { authorization } };
  const { status, headers, body } = await rest.ask('PATCH', '/twins/d1', asked);
  expect([status, headers['iothub-errorcode'], body]).toEqual([401, 'IotHubUnauthorizedAccess', UNAUTHORIZED]);
  expect((await rest.ask('GET', '/twins/d1')).text).toBe(before.text);
});

test.each([
  ['a token for any host', owner({ resource: 'contoso.azure-devices.net' })],
  ['a token for host and port', owner({ resource: 'localhost:8443' })],
  ['a token for the path', owner({ resource: 'localhost/twins/d1' })],
  ['a token within the clock skew', owner({ expiry: NOW - 240 })],
])('%s is accepted', async (_, authorization) => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  expect((await rest.ask('GET', '/twins/d1', { as: { authorization } })).status).toBe(200);
});

test('callers without a token do not learn whether a device exists', async () => {
  await using rest = await startRest();
  expect((await rest.ask('GET', '/twins/nobody', { as: { authorization: undefined } })).status).toBe(401);
});

test('with authentication off every operation is allowed', async () => {
  await using rest = await startRest({ mode: 'off' });
  const as = { authorization: undefined };
  expect((await rest.ask('PUT', '/devices/d1', { body: {}, as })).status).toBe(200);
  expect((await rest.ask('GET', '/twins/d1', { as })).status).toBe(200);
});

test('a header has the cause of a 401', async () => {
  await using rest = await startRest();
  const { headers } = await rest.ask('GET', '/devices', { as: 'service' });
  expect(headers['x-iothub-emulator-hint']).toBe('policy service lacks the right RegistryRead');
});
