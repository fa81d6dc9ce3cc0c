import { expect, test } from 'vitest';
import { type Ask, type Rest, startRest } from '../../support/wire/rest-client.ts';

// the sample of https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
const CONTENT = { deviceContent: { 'properties.desired.firmware': { fwVersion: '1.0.1' } } };
const c12 = {
  id: 'c12',
  schemaVersion: '1.0',
  labels: { k: 'v' },
  content: CONTENT,
  targetCondition: "tags.environment='test'",
  priority: 20,
};

const codeOf = async (asked: ReturnType<Rest['ask']>): Promise<[number, unknown]> => {
  const { status, headers } = await asked;
  return [status, headers['iothub-errorcode']];
};

const withEtag = (etag: string, ask: Ask = {}): Ask => ({ ...ask, headers: { 'if-match': etag } });

test('a configuration is created, read, changed and deleted under its etag', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  await rest.ask('PATCH', '/twins/d1', { body: { tags: { environment: 'test' } } });
  const created = await rest.ask('PUT', '/configurations/c12', { body: c12 });
  expect([created.status, created.headers.etag]).toEqual([200, '"MQ=="']);
  rest.clock.settle();

  const { headers, text } = await rest.ask('GET', '/configurations/c12');
  expect([headers.etag, text]).toEqual([
    '"MQ=="',
    '{"id":"c12","schemaVersion":"1.0","labels":{"k":"v"},' +
      '"content":{"deviceContent":{"properties.desired.firmware":{"fwVersion":"1.0.1"}}},' +
      '"targetCondition":"tags.environment=\'test\'","createdTimeUtc":"2026-01-01T00:00:00Z",' +
      '"lastUpdatedTimeUtc":"2026-01-01T00:00:00Z","priority":20,' +
      '"systemMetrics":{"results":{"targetedCount":1,"appliedCount":1},' +
      '"queries":{"targetedCount":"select deviceId from devices where tags.environment=\'test\'",' +
      '"appliedCount":"select deviceId from devices where configurations.[[c12]].status = \'Applied\'"}},' +
      '"metrics":{"results":{},"queries":{}},"etag":"MQ=="}',
  ]);
  expect((await rest.ask('GET', '/twins/d1')).body).toMatchObject({
    configurations: { c12: { status: 'Applied' } },
    properties: { desired: { firmware: { fwVersion: '1.0.1' } } },
  });

  const changed = await rest.ask('PUT', '/configurations/c12', withEtag('"MQ=="', { body: { ...c12, priority: 21 } }));
  expect([changed.status, changed.headers.etag]).toEqual([200, '"Mg=="']);
  expect(await rest.ask('GET', '/configurations?top=20')).toMatchObject({ body: [{ id: 'c12', priority: 21 }] });
  expect((await rest.ask('DELETE', '/configurations/c12')).status).toBe(204);
  expect((await rest.ask('GET', '/configurations')).text).toBe('[]');
});

test('a configuration is refused as the hub refuses it', async () => {
  await using rest = await startRest();
  const put = (ask: Ask = {}, id = 'c12') => codeOf(rest.ask('PUT', `/configurations/${id}`, { body: c12, ...ask }));
  expect(await codeOf(rest.ask('GET', '/configurations/c12'))).toEqual([404, 'ConfigurationNotFound']);
  expect(await codeOf(rest.ask('DELETE', '/configurations/c12'))).toEqual([404, 'ConfigurationNotFound']);
  expect(await put(withEtag('"*"'))).toEqual([404, 'ConfigurationNotFound']);
  expect(await put({ body: { ...c12, id: 'C12' } }, 'C12')).toEqual([400, 'ArgumentInvalid']);
  expect(
    await put({ body: { ...c12, content: { ...CONTENT, moduleContent: { 'properties.desired.a': 1 } } } }),
  ).toEqual([400, 'InvalidConfigurationContent']);
  expect(await put({ body: { ...c12, targetCondition: 'tags.a =' } })).toEqual([
    400,
    'InvalidConfigurationTargetCondition',
  ]);
  expect(await put({ body: { ...c12, metrics: { queries: { a: 'SELECT' } } } })).toEqual([
    400,
    'InvalidConfigurationCustomMetricsQuery',
  ]);
  expect(await put()).toEqual([200, undefined]);
  expect(await put()).toEqual([409, 'ConfigurationAlreadyExists']);
  expect(await put(withEtag('"Mg=="'))).toEqual([412, 'PreconditionFailed']);
  expect(await codeOf(rest.ask('DELETE', '/configurations/c12', withEtag('"Mg=="')))).toEqual([
    412,
    'PreconditionFailed',
  ]);
});

test('the hundred and first configuration is refused', async () => {
  await using rest = await startRest();
  for (let i = 0; i < 100; i++)
    await rest.ask('PUT', `/configurations/c${i}`, { body: { content: CONTENT, targetCondition: '' } });
  expect(await codeOf(rest.ask('PUT', '/configurations/c12x', { body: { content: CONTENT } }))).toEqual([
    413,
    'ConfigurationCountLimitExceeded',
  ]);
});

test('the answer to test queries has the errors', async () => {
  await using rest = await startRest();
  const good = { targetCondition: "tags.a = 'b'", customMetricQueries: { m: 'SELECT deviceId FROM devices' } };
  const { status, text } = await rest.ask('POST', '/configurations/testQueries', { body: good });
  expect([status, text]).toEqual([200, '{"targetConditionError":null,"customMetricQueryErrors":{}}']);
  const bad = { targetCondition: '*', customMetricQueries: { m: 'SELECT FROM', n: 'SELECT deviceId FROM devices' } };
  expect(await rest.ask('POST', '/configurations/testQueries', { body: bad })).toMatchObject({
    status: 200,
    body: {
      targetConditionError: expect.stringContaining('InvalidConfigurationTargetCondition'),
      customMetricQueryErrors: { m: expect.stringContaining('InvalidConfigurationCustomMetricsQuery') },
    },
  });
  expect(await codeOf(rest.ask('POST', '/configurations/testQueries', { body: [] }))).toEqual([400, 'ArgumentInvalid']);
});

test('content is applied to one edge device at once', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/e1', { body: { capabilities: { iotEdge: true } } });
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const body = {
    modulesContent: {
      $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules: { m1: { type: 'docker' } } } },
      $edgeHub: { 'properties.desired': { routes: {} } },
      m1: { 'properties.desired': { rate: 5 } },
    },
  };
  const apply = (id: string, content: object = body) =>
    rest.ask('POST', `/devices/${id}/applyConfigurationContent`, { body: content });
  expect(await apply('e1')).toMatchObject({ status: 204, text: '' });
  expect((await rest.ask('GET', '/twins/e1/modules/m1')).body).toMatchObject({ properties: { desired: { rate: 5 } } });
  expect(await codeOf(apply('d1'))).toEqual([400, 'ArgumentInvalid']);
  expect(await codeOf(apply('nobody'))).toEqual([404, 'DeviceNotFound']);
  expect(await codeOf(apply('e1', {}))).toEqual([400, 'InvalidConfigurationContent']);
});

// observed 2026-08 on a live hub
test('an If-Match that is not quoted is not seen: the PUT only creates', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/configurations/c12', { body: c12 });
  for (const etag of ['MQ==', 'abc'])
    expect(await codeOf(rest.ask('PUT', '/configurations/c12', withEtag(etag, { body: c12 })))).toEqual([
      409,
      'ConfigurationAlreadyExists',
    ]);
});
