import { expect, test } from 'vitest';
import { connectDevice } from '../../support/hub/device-end.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

const MODEL = 'dtmi:com:example:Thermostat;1';

const codeOf = async (asked: ReturnType<Rest['ask']>): Promise<[number, unknown]> => {
  const { status, headers } = await asked;
  return [status, headers['iothub-errorcode']];
};

// https://learn.microsoft.com/azure/iot/howto-manage-digital-twin
test('a digital twin is read with the etag of the twin', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const { status, headers, text } = await rest.ask('GET', '/digitaltwins/d1');
  expect([status, headers.etag, text]).toEqual([200, '"AAAAAAAAAAE="', '{"$dtId":"d1","$metadata":{"$model":""}}']);
  expect(await codeOf(rest.ask('GET', '/digitaltwins/nobody'))).toEqual([404, 'DeviceNotFound']);
});

test('a patch is accepted with a location, and becomes desired properties', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d 1'.replace(' ', '%3A'), { body: { deviceId: 'd:1' } });
  const body = [
    { op: 'add', path: '/targetTemperature', value: 42 },
    { op: 'add', path: '/thermostat1/targetTemperature', value: 43 },
  ];
  const headers = { 'if-match': '*' };
  const reply = await rest.ask('PATCH', '/digitaltwins/d%3A1', { body, headers });
  expect([reply.status, reply.headers.etag, reply.headers.location, reply.text]).toEqual([
    202,
    '"AAAAAAAAAAI="',
    'https://localhost/digitaltwins/d%3A1',
    '',
  ]);
  expect((await rest.ask('GET', '/twins/d%3A1')).body).toMatchObject({
    properties: { desired: { targetTemperature: 42, thermostat1: { __t: 'c', targetTemperature: 43 } } },
  });
});

test('a patch is refused as the hub refuses it', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const patch = (body: unknown, headers = {}) => codeOf(rest.ask('PATCH', '/digitaltwins/d1', { body, headers }));
  const good = [{ op: 'add', path: '/a', value: 1 }];
  expect(await patch(good, { 'if-match': '"AAAAAAAAAAk="' })).toEqual([412, 'PreconditionFailed']);
  expect(await patch({})).toEqual([400, 'InvalidDigitalTwinJsonPatch']);
  expect(await patch([{ op: 'add', path: '/a/b/c', value: 1 }])).toEqual([400, 'InvalidDigitalTwinPatchPath']);
  expect(await codeOf(rest.ask('PATCH', '/digitaltwins/nobody', { body: good }))).toEqual([404, 'DeviceNotFound']);
});

test('commands are direct methods, those of components by both names', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  connectDevice(rest.hub, 'd1', (name, payload) => ({ status: 201, payload: { name, payload } }), MODEL);
  const root = await rest.ask('POST', '/digitaltwins/d1/commands/reboot?responseTimeoutInSeconds=10', { body: '5' });
  expect([root.status, root.headers['x-ms-command-statuscode'], root.text]).toEqual([
    200,
    '201',
    '{"name":"reboot","payload":5}',
  ]);
  expect(root.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  const inner = '/digitaltwins/d1/components/thermostat1/commands/getMaxMinReport?connectTimeoutInSeconds=0';
  // nothing at all is null
  expect((await rest.ask('POST', inner)).text).toBe('{"name":"thermostat1*getMaxMinReport","payload":null}');
  expect((await rest.ask('POST', inner, { body: '"a text"' })).text).toBe(
    '{"name":"thermostat1*getMaxMinReport","payload":"a text"}',
  );
});

test('a command that cannot be carried out is refused as a direct method is', async () => {
  await using rest = await startRest();
  const call = (query = '') => codeOf(rest.ask('POST', `/digitaltwins/d1/commands/reboot${query}`));
  expect(await call()).toEqual([404, 'DeviceNotFound']);
  await rest.ask('PUT', '/devices/d1', { body: {} });
  expect(await call()).toEqual([404, 'DeviceNotOnline']);
  expect(await call('?responseTimeoutInSeconds=4')).toEqual([400, 'ArgumentInvalid']);
  expect(await call('?connectTimeoutInSeconds=soon')).toEqual([400, 'ArgumentInvalid']);
  const inner = '/digitaltwins/d1/components/c1/commands/reboot';
  expect(await codeOf(rest.ask('POST', inner))).toEqual([404, 'DeviceNotOnline']);
});

test('a patch of 20,000 levels is refused, and so is the body of any other request', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
  const patch = `[{"op":"add","path":"/a","value":${deep}}]`;
  expect(await codeOf(rest.ask('PATCH', '/digitaltwins/d1', { body: patch }))).toEqual([400, 'ArgumentInvalid']);
  expect(await codeOf(rest.ask('PATCH', '/twins/d1', { body: `{"tags":${deep}}` }))).toEqual([400, 'ArgumentInvalid']);
  const call = `{"methodName":"m","payload":${deep}}`;
  expect(await codeOf(rest.ask('POST', '/twins/d1/methods', { body: call }))).toEqual([400, 'ArgumentInvalid']);
});
