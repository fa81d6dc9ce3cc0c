import { expect, test } from 'vitest';
import { startRest } from '../../support/wire/rest-client.ts';

const statusOf = async (path: string, apiVersion?: string): Promise<number> => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/Dev-1', { body: {} });
  return (await rest.ask('GET', path, apiVersion === undefined ? {} : { apiVersion })).status;
};

test.each([
  '/twins/Dev-1',
  '/twins/Dev-1/',
  '/Twins/Dev-1',
  '/TWINS/Dev-1',
  '//twins//Dev-1',
  '/twins%2FDev-1',
  '/twins%2fDev-1',
  '/%2Ftwins%2FDev-1',
  '/twins/%44ev-1',
  'http://localhost/twins/Dev-1',
])('%s is the twin of Dev-1', async (path) => {
  expect(await statusOf(path)).toBe(200);
});

test.each(['/twins/dev-1', '/twins/DEV-1', '/twins/Dev', '/twins/Dev-1%20'])('%s is not', async (path) => {
  expect(await statusOf(path)).toBe(404);
});

test.each(['2016-11-14', '2018-06-30', '2019-10-01', '2020-05-31-preview', '2020-09-30', '2021-04-12', '2024-03-31'])(
  'api-version %s is served',
  async (version) => {
    expect(await statusOf('/twins/Dev-1', version)).toBe(200);
    expect(await statusOf(`/twins/Dev-1?API-Version=${version}`, '')).toBe(200);
  },
);

test.each(['', '2021', '2021-4-12', '20210412', 'latest', '2021-04-12-beta'])(
  'api-version %j is refused',
  async (version) => {
    await using rest = await startRest();
    const { status, headers } = await rest.ask('GET', `/devices?api-version=${version}`, { apiVersion: '' });
    expect([status, headers['iothub-errorcode']]).toEqual([400, 'InvalidProtocolVersion']);
  },
);

test('a request without api-version is refused', async () => {
  expect(await statusOf('/twins/Dev-1', '')).toBe(400);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry#device-identity-properties
const ODD = [
  'a'.repeat(128),
  "-:.+%_#*?!(),=@;$'",
  '%',
  '%41',
  'a%2Fb',
  '..',
  '.',
  'constructor',
  '__proto__',
  'query',
];

test.each(ODD)('%s is an id', async (id) => {
  await using rest = await startRest();
  const path = encodeURIComponent(id).replaceAll('.', '%2E');
  const made = await rest.ask('PUT', `/devices/${path}`, { body: { deviceId: id } });
  expect([made.status, made.status === 200 ? '' : made.text]).toEqual([200, '']);
  expect((await rest.ask('GET', `/twins/${path}`)).body).toMatchObject({ deviceId: id });
  expect((await rest.ask('GET', `/twins%2F${path}`)).body).toMatchObject({ deviceId: id });
  await rest.ask('PUT', `/devices/${path}/modules/${path}`, { body: {} });
  expect((await rest.ask('GET', `/twins/${path}/modules/${path}`)).body).toMatchObject({ deviceId: id, moduleId: id });
  expect((await rest.ask('DELETE', `/devices/${path}`, { headers: { 'if-match': '*' } })).status).toBe(204);
});

test.each(['a'.repeat(129), 'a b', 'a&b', 'ä', 'a\u0000', 'a\r\nb', 'a"b', 'a\\b'])('%j is none', async (id) => {
  await using rest = await startRest();
  const { status, headers } = await rest.ask('PUT', `/devices/${encodeURIComponent(id)}`, { body: {} });
  expect([status, headers['iothub-errorcode']]).toEqual([400, 'ArgumentInvalid']);
});

test('ids that are not encoded, or twice, are understood', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/a%23b', { body: {} });
  expect((await rest.ask('GET', '/devices/a%2523b')).body).toMatchObject({ deviceId: 'a#b' });
  await rest.ask('PUT', '/devices/a%25b', { body: {} });
  expect((await rest.ask('GET', '/devices/a%b')).body).toMatchObject({ deviceId: 'a%b' });
  await rest.ask('PUT', '/devices/d1', { body: {} });
  await rest.ask('PUT', '/devices/d1/modules/m1', { body: {} });
  expect((await rest.ask('GET', '/devices/d1%252Fm1')).status).toBe(404);
});

test('POST may override its method', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const headers = { 'x-http-method-override': 'PATCH' };
  expect(await rest.ask('POST', '/twins/d1', { body: { tags: { a: 1 } }, headers })).toMatchObject({
    status: 200,
    body: { tags: { a: 1 } },
  });
});

test('an unknown path is answered as ASP.NET does, and logged by name', async () => {
  await using rest = await startRest();
  const { status, body } = await rest.ask('GET', '/factories/f1', { headers: { host: 'localhost' } });
  expect([status, body]).toEqual([
    404,
    {
      Message:
        "No HTTP resource was found that matches the request URI 'https://localhost/factories/f1?api-version=2021-04-12'.",
    },
  ]);
  expect(rest.lines).toEqual([
    {
      level: 'warn',
      text: 'Refused a request',
      fields: {
        method: 'GET',
        path: '/factories/f1',
        cause: 'the service has no such operation',
        remedy: 'check the method and the path',
      },
    },
  ]);
});

test('an operation that the emulator does not support is logged by its name', async () => {
  await using rest = await startRest();
  expect((await rest.ask('POST', '/twins/d1/streams/s1', { body: 'x' })).status).toBe(404);
  expect(rest.lines).toEqual([
    {
      level: 'warn',
      text: 'Refused a request',
      fields: {
        method: 'POST',
        path: '/twins/d1/streams/s1',
        operation: 'Initiate Device Stream',
        cause: 'the emulator does not support it',
        remedy: 'see the list in docs/coverage.md',
      },
    },
  ]);
});

test('a known path by another method is answered 405', async () => {
  await using rest = await startRest();
  const { status, headers, body } = await rest.ask('PATCH', '/devices/d1', { body: {} });
  expect([status, headers.allow, body]).toEqual([
    405,
    'DELETE, GET, PUT',
    { Message: "The requested resource does not support http method 'PATCH'." },
  ]);
});
