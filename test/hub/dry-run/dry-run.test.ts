import { expect, test } from 'vitest';
import { dryRunConfiguration } from '../../../emulator/hub/dry-run/configuration-dry-run.ts';
import { dryRunJob } from '../../../emulator/hub/dry-run/job-dry-run.ts';
import { drain } from '../../../emulator/hub/query/queries.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import { firmware, newWorld } from '../../support/hub/configurations.ts';
import { newSession, refusal } from '../../support/hub/hub.ts';

const tryConfiguration = ({ hub }: ReturnType<typeof newWorld>, id: string, body: JsonObject) =>
  drain(dryRunConfiguration(hub, { id, body, most: 10 }));
const tryJob = ({ hub }: ReturnType<typeof newWorld>, body: JsonObject) =>
  drain(dryRunJob(hub, { jobId: undefined, body, most: 10 }));

test('a dry run of a configuration says which twins it would change, and how', () => {
  const world = newWorld();
  world.twins.patch('d2', { properties: { desired: { firmware: { fwVersion: '1.0.1' } } } });
  expect(tryConfiguration(world, 'c12', firmware('1.0.1'))).toMatchObject({
    matched: 2,
    changed: 2,
    failed: 0,
    twins: [
      {
        key: 'd1',
        changes: [
          { path: 'properties.desired.firmware', after: { fwVersion: '1.0.1' } },
          { path: 'configurations', after: { c12: { status: 'Applied' } } },
        ],
      },
      { key: 'd2', changes: [{ path: 'configurations', after: { c12: { status: 'Applied' } } }] },
    ],
  });
  expect([world.desired('d1'), world.configurations.list()]).toEqual([{}, []]);
});

test('a dry run of a changed configuration also names the twins that it would leave', () => {
  const world = newWorld();
  world.create('c12', firmware('1.0.1'));
  const { matched, twins } = tryConfiguration(
    world,
    'c12',
    firmware('1.0.1', { targetCondition: "tags.environment='live'" }),
  );
  expect([matched, twins.map(({ key }) => key)]).toEqual([1, ['d1', 'd2', 'd3']]);
  expect(twins[0]?.changes).toContainEqual({ path: 'properties.desired.firmware', before: { fwVersion: '1.0.1' } });
});

test('a dry run says which configurations would overrule it', () => {
  const world = newWorld();
  world.create('strong', firmware('2.0.0', { priority: 20 }));
  const { changed, overruledBy } = tryConfiguration(world, 'weak', firmware('1.0.1', { priority: 10 }));
  expect([changed, Object.fromEntries(overruledBy)]).toEqual([2, { strong: 2 }]);
});

test('a dry run of a deployment names the modules that edge devices would get', () => {
  const world = newWorld();
  world.hub.registry.create({ deviceId: 'edge' }, { capabilities: { iotEdge: true } });
  const content = {
    modulesContent: {
      $edgeAgent: { 'properties.desired': { modules: { filter: { version: '1' } } } },
      filter: { 'properties.desired.limit': 5 },
    },
  };
  const { matched, twins } = tryConfiguration(world, 'deployment', { content, targetCondition: "deviceId='edge'" });
  expect(matched).toBe(1);
  expect(twins).toMatchObject([
    { key: 'edge', creates: ['filter'] },
    { key: 'edge/$edgeAgent', creates: [] },
  ]);
});

test('a dry run is refused as the write would be', () => {
  const world = newWorld();
  expect(refusal(() => tryConfiguration(world, 'Capital', firmware('1')))).toMatchObject({ code: 'ArgumentInvalid' });
  expect(refusal(() => tryJob(world, { type: 'scheduleUpdateTwin', queryCondition: '*' }))).toMatchObject({
    code: 'ArgumentInvalid',
    message: 'updateTwin must be a JSON object.',
  });
});

test('a dry run of a twin job says what would change, and who would refuse', () => {
  const world = newWorld();
  world.twins.patch('d1', { tags: { one: 'x'.repeat(4000), two: 'x'.repeat(4000) } });
  const tags = { environment: 'test', more: 'y'.repeat(400) };
  const body = {
    type: 'scheduleUpdateTwin',
    queryCondition: "tags.environment='test'",
    updateTwin: { etag: '*', tags },
  };
  expect(tryJob(world, body)).toMatchObject({
    matched: 2,
    changed: 1,
    failed: 1,
    listening: undefined,
    twins: [
      { key: 'd1', changes: [], error: { code: 'DeviceModelMaxPropertiesExceeded' } },
      { key: 'd2', changes: [{ path: 'tags.more', after: tags.more }] },
    ],
  });
  expect(world.twins.get('d2').twin.tags).toEqual({ environment: 'test' });
});

test('a dry run of a method job counts who listens, and calls nobody', () => {
  const world = newWorld();
  const device = newSession('d1');
  world.hub.sessions.open(device.session, { resume: false });
  world.hub.sessions.subscribe(device.session, 'methods', 0);
  const cloudToDeviceMethod = { methodName: 'reboot', payload: null, responseTimeoutInSeconds: 5 };
  const body = { type: 'scheduleDeviceMethod', queryCondition: "tags.environment='test'", cloudToDeviceMethod };
  expect(tryJob(world, body)).toMatchObject({ matched: 2, changed: 0, listening: 1 });
  expect(device.heard).toEqual([]);
});
