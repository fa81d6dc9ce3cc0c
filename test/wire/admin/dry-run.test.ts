import { expect, test } from 'vitest';
import { startAdmin } from '../../support/wire/admin-hub.ts';

const configuration = {
  id: 'fast',
  targetCondition: '*',
  priority: 1,
  content: { deviceContent: { 'properties.desired.rate': 5 } },
};

test('a configuration and a job are tried, and nothing is written', async () => {
  await using admin = await startAdmin();
  admin.hub.configurations.put('faster', {
    ...configuration,
    id: 'faster',
    priority: 2,
    content: { deviceContent: { 'properties.desired.rate': 1 } },
  });
  admin.clock.settle();
  const events = admin.hub.events.sequence;
  expect((await admin.ask('POST', '/dry-run/configuration', { configuration })).body).toEqual({
    matched: 1,
    changed: 1,
    failed: 0,
    twins: [{ deviceId: 'd1', changes: [{ path: 'configurations.fast', after: { status: 'Targeted' } }] }],
    overruledBy: [{ id: 'faster', twins: 1 }],
  });
  const job = { type: 'scheduleUpdateTwin', queryCondition: '*', updateTwin: { etag: '*', tags: { hall: 4 } } };
  expect((await admin.ask('POST', '/dry-run/job', { job, limit: 1 })).body).toEqual({
    matched: 1,
    changed: 1,
    failed: 0,
    twins: [{ deviceId: 'd1', changes: [{ path: 'tags', after: { hall: 4 } }] }],
  });
  expect([admin.hub.events.sequence, admin.hub.jobs.list().items]).toEqual([events, []]);
});

test.each([
  ['/dry-run/configuration', {}, 'ArgumentInvalid'],
  [
    '/dry-run/configuration',
    { configuration: { ...configuration, targetCondition: 'tags.' } },
    'InvalidConfigurationTargetCondition',
  ],
  ['/dry-run/job', { job: { type: 'scheduleNothing', queryCondition: '*' } }, 'GenericBadRequest'],
])('%s of %j is refused with %s', async (path, body, code) => {
  await using admin = await startAdmin();
  expect(await admin.ask('POST', path, body)).toMatchObject({ status: 400, body: { code } });
});
