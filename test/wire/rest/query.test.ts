import { expect, test } from 'vitest';
import { type Reply, type Rest, startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language
const plants = ['Redmond43', 'Redmond44'];

const withFleet = async (count = 6): Promise<Rest> => {
  const rest = await startRest();
  for (let n = 0; n < count; n += 1) {
    await rest.ask('PUT', `/devices/dev-${n}`, { body: {} });
    await rest.ask('PATCH', `/twins/dev-${n}`, {
      body: { tags: { location: { region: 'US', plant: plants[n % 2] } } },
    });
  }
  rest.hub.twins.report('dev-0', { connectivity: { type: 'cellular' } });
  if (count > 2) rest.hub.twins.report('dev-2', { connectivity: { type: 'wired' } });
  return rest;
};

const query = (rest: Rest, text: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  rest.ask('POST', '/devices/query', { body: { query: text }, headers });

test('the search of the twin tutorial finds its devices', async () => {
  await using rest = await withFleet();
  const found = await query(rest, "SELECT * FROM devices WHERE tags.location.plant = 'Redmond43'");
  expect([found.status, found.headers['x-ms-item-type'], found.headers['content-type']]).toEqual([
    200,
    'Twin',
    'application/json; charset=utf-8',
  ]);
  expect(found.headers).not.toHaveProperty('x-ms-continuation');
  const twins = await Promise.all(['dev-0', 'dev-2', 'dev-4'].map((id) => rest.ask('GET', `/twins/${id}`)));
  expect(found.text).toBe(`[${twins.map(({ text }) => text).join(',')}]`);
  const narrower =
    "SELECT * FROM devices WHERE tags.location.plant = 'Redmond43' AND properties.reported.connectivity.type = 'cellular'";
  expect((await query(rest, narrower)).text).toBe(`[${twins[0]?.text}]`);
});

test('projections and aggregates are raw', async () => {
  await using rest = await withFleet();
  const some = await query(
    rest,
    "SELECT deviceId AS id, capabilities.iotEdge FROM devices WHERE deviceId IN ['dev-3']",
  );
  expect([some.headers['x-ms-item-type'], some.text]).toEqual(['Raw', '[{"id":"dev-3","iotEdge":false}]']);
  const counts = await query(
    rest,
    'SELECT tags.location.plant AS plant, COUNT() AS n FROM devices GROUP BY tags.location.plant',
  );
  expect([counts.headers['x-ms-item-type'], counts.body]).toEqual([
    'Raw',
    expect.arrayContaining([
      { plant: 'Redmond43', n: 3 },
      { plant: 'Redmond44', n: 3 },
    ]),
  ]);
});

test('the query of Azure IoT Explorer is understood', async () => {
  await using rest = await withFleet(1);
  const text = `
    SELECT deviceId as DeviceId,
    status as Status, lastActivityTime as LastActivityTime, statusUpdatedTime as StatusUpdatedTime, authenticationType as AuthenticationType, cloudToDeviceMessageCount as CloudToDeviceMessageCount, connectionState as ConnectionState, capabilities.iotEdge as IotEdge, modelId as ModelId
    FROM devices WHERE (capabilities.iotEdge=false AND status='enabled')`;
  const { status, body } = await rest.ask('POST', '/devices%2Fquery', {
    body: { query: text },
    apiVersion: '2020-09-30',
  });
  expect([status, body]).toEqual([
    200,
    [expect.objectContaining({ DeviceId: 'dev-0', Status: 'enabled', IotEdge: false, ModelId: '' })],
  ]);
});

test('modules and device jobs are collections of their own', async () => {
  await using rest = await withFleet(1);
  await rest.ask('PUT', '/devices/dev-0/modules/m1', { body: {} });
  const modules = await query(rest, "SELECT * FROM devices.modules WHERE deviceId in ['dev-0']");
  expect(modules).toMatchObject({
    headers: { 'x-ms-item-type': 'Twin' },
    body: [{ deviceId: 'dev-0', moduleId: 'm1' }],
  });
  const jobs = await query(rest, 'SELECT * FROM devices.jobs');
  expect(jobs).toMatchObject({ headers: { 'x-ms-item-type': 'DeviceJob' }, text: '[]' });
});

test('pages follow one another until the header is missing', async () => {
  await using rest = await withFleet(7);
  const ids: unknown[] = [];
  const sizes: number[] = [];
  let continuation: string | undefined;
  do {
    const headers: Record<string, string> = { 'x-ms-max-item-count': '3' };
    if (continuation !== undefined) headers['x-ms-continuation'] = continuation;
    const page = await query(rest, 'SELECT deviceId FROM devices', headers);
    const items = page.body as { deviceId: string }[];
    ids.push(...items.map(({ deviceId }) => deviceId));
    sizes.push(items.length);
    const next = page.headers['x-ms-continuation'];
    continuation = typeof next === 'string' ? next : undefined;
  } while (continuation !== undefined);
  expect([sizes, ids]).toEqual([
    [3, 3, 1],
    ['dev-0', 'dev-1', 'dev-2', 'dev-3', 'dev-4', 'dev-5', 'dev-6'],
  ]);
});

test('a page holds up to 100 rows, however many are asked for', async () => {
  await using rest = await startRest();
  for (let n = 0; n < 101; n += 1) rest.hub.registry.create({ deviceId: `d${n}` }, {});
  const sizeOf = async (headers: Record<string, string>): Promise<unknown> => {
    const { body, headers: answered } = await query(rest, 'SELECT * FROM devices', headers);
    return [Array.isArray(body) && body.length, typeof answered['x-ms-continuation']];
  };
  expect(await sizeOf({})).toEqual([100, 'string']);
  expect(await sizeOf({ 'x-ms-max-item-count': '99' })).toEqual([99, 'string']);
  expect(await sizeOf({ 'x-ms-max-item-count': '1000' })).toEqual([100, 'string']);
  rest.hub.registry.delete({ deviceId: 'd7' }, '*');
  expect(await sizeOf({})).toEqual([100, 'undefined']);
});

test.each([
  ['no query', {}, 'ArgumentNull'],
  ['no object', [], 'ArgumentNull'],
  ['a query that is not a text', { query: 5 }, 'ArgumentInvalid'],
  ['malformed JSON', '{"query":', 'ArgumentInvalid'],
  ['a wrong query', { query: 'SELECT * FROM devices WHERE' }, 'ArgumentInvalid'],
  ['no text', { query: '' }, 'ArgumentInvalid'],
  ['a query of a million characters', { query: `SELECT * FROM devices${' '.repeat(1 << 20)}` }, 'ArgumentInvalid'],
  ['a query of 8193 characters', { query: `SELECT * FROM devices${' '.repeat(8172)}` }, 'ArgumentInvalid'],
])('%s is refused with 400', async (_, body, code) => {
  await using rest = await startRest();
  const { status, headers } = await rest.ask('POST', '/devices/query', { body });
  expect([status, headers['iothub-errorcode']]).toEqual([400, code]);
});

test('a wrong query is answered in the words of the hub, and explained in a header and in the log', async () => {
  await using rest = await startRest();
  const { body, headers } = await query(rest, "SELECT *\nFROM devices\nWHERE tags.größe LIKE 'x'");
  expect(body).toEqual({ Message: 'ErrorCode:ArgumentInvalid;BadRequest', ExceptionMessage: expect.any(String) });
  expect(headers['x-iothub-emulator-hint']).toMatch(/^[\x20-\x7e]*line 3[\x20-\x7e]*$/);
  expect(rest.lines).toMatchObject([
    { level: 'info', fields: { code: 'ArgumentInvalid', cause: expect.stringContaining('line 3') } },
  ]);
});

test('a continuation of another query is refused, and an invalid count', async () => {
  await using rest = await withFleet(2);
  const { headers } = await query(rest, 'SELECT * FROM devices', { 'x-ms-max-item-count': '1' });
  const foreign = { 'x-ms-continuation': String(headers['x-ms-continuation']) };
  const counts = ['many', '0', '-1', '1.5', '0x10', '1e2'].map((count) => ({ 'x-ms-max-item-count': count }));
  for (const more of [foreign, { 'x-ms-continuation': 'nonsense' }, ...counts])
    expect(await query(rest, 'SELECT deviceId FROM devices', more)).toMatchObject({
      status: 400,
      headers: { 'iothub-errorcode': 'ArgumentInvalid' },
    });
});
