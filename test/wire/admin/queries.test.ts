import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('conditions are evaluated without a job, a configuration or a message', async () => {
  await using admin = await startAdmin();
  admin.hub.twins.patch('d1', { tags: { kind: 'pump' } });
  const evaluate = async (body: unknown): Promise<unknown> => (await admin.ask('POST', '/evaluate', body)).body;
  expect(await evaluate({ kind: 'targetCondition', text: "tags.kind = 'pump'" })).toEqual({
    from: 'devices',
    ids: ['d1'],
  });
  expect(await evaluate({ kind: 'jobCondition', text: "deviceId IN ['x']" })).toEqual({ from: 'devices', ids: [] });
  expect(
    await evaluate({ kind: 'routing', text: "level = 'high'", message: { appProperties: { level: 'high' } } }),
  ).toEqual({
    result: true,
  });
  expect(await evaluate({ kind: 'targetCondition', text: "connectionState = 'Connected'" })).toMatchObject({
    code: 'InvalidConfigurationTargetCondition',
  });
});

test('a query is explained', async () => {
  await using admin = await startAdmin();
  const { body } = await admin.ask('POST', '/explain', { query: "SELECT * FROM devices WHERE deviceId = 'd1'" });
  expect(body).toMatchObject({ plan: 'key', index: [], candidates: 1, examined: 1, ms: expect.any(Number) });
  expect((await admin.ask('POST', '/explain', { query: 'SELECT' })).status).toBe(400);
});

test('the lag of queries is set, and queries catch up', async () => {
  await using admin = await startAdmin();
  const found = (): number => admin.hub.queries.runNow(admin.hub.queries.parse('SELECT * FROM devices')).items.length;
  expect((await admin.ask('PUT', '/index', { lag: 'manual' })).body).toMatchObject({ lag: 'manual', pending: 0 });
  admin.hub.registry.create({ deviceId: 'd2' }, {});
  expect([found(), (await admin.ask('GET', '/index')).body]).toEqual([
    1,
    { lag: 'manual', pending: 1, indexes: expect.anything() },
  ]);
  // only queries lag
  expect((await admin.ask('GET', '/twins/d2')).body).toMatchObject({ deviceId: 'd2' });
  await admin.ask('POST', '/index/release');
  expect(found()).toBe(2);
  await admin.ask('PUT', '/index', { lag: 'lag:30s' });
  admin.hub.registry.create({ deviceId: 'd3' }, {});
  await admin.ask('POST', '/clock/advance', { by: '29s' });
  expect(found()).toBe(2);
  await admin.ask('POST', '/clock/advance', { by: '1s' });
  expect([found(), (await admin.ask('POST', '/index/caught-up')).status]).toEqual([3, 200]);
  expect((await admin.ask('PUT', '/index', { lag: 'sometime' })).status).toBe(400);
});
