import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../protocol/json.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

const agent = { schemaVersion: '1.1', modules: { sensor: { type: 'docker' } } };

/** A whole deployment: `$edgeAgent`, and a setting of the module `sensor`. */
const deployment = (rate: number, more: object = {}) => ({
  content: {
    modulesContent: {
      $edgeAgent: { 'properties.desired': agent },
      $edgeHub: { 'properties.desired': { routes: { up: 'FROM /messages/* INTO $upstream' } } },
      sensor: { 'properties.desired': { rate } },
    },
  },
  targetCondition: "tags.site = 'a'",
  ...more,
});

/** What a layered deployment adds: one more module. */
const layer = (more: object = {}) => ({
  content: {
    modulesContent: {
      $edgeAgent: { 'properties.desired.modules.camera': { type: 'docker' } },
      sensor: { 'properties.desired.unit': 's' },
    },
  },
  targetCondition: '*',
  ...more,
});

/** A hub with the edge device `gw` of site a and the leaf device `leaf` beside it. */
const newWorld = () => {
  const world = newHub();
  const { hub, clock } = world;
  hub.registry.create({ deviceId: 'gw' }, { capabilities: { iotEdge: true } });
  hub.registry.create({ deviceId: 'leaf' }, {});
  for (const id of ['gw', 'leaf']) hub.twins.patch(id, { tags: { site: 'a' } });
  clock.settle();
  const twin = (key: string) => hub.twins.get(key).twin;
  const create = (id: string, body: JsonObject) => {
    hub.configurations.put(id, body);
    clock.settle();
  };
  return { ...world, create, twin, configurations: hub.configurations };
};

const applied = { status: 'Applied' };
const targeted = { status: 'Targeted' };

describe('an edge deployment', () => {
  test('makes the modules that it names and writes into them', () => {
    const { hub, create, twin } = newWorld();
    create('base', deployment(5));
    expect(hub.registry.modules('gw').map(({ identity }) => [identity.moduleId, identity.managedBy])).toEqual([
      ['$edgeAgent', 'iotEdge'],
      ['$edgeHub', 'iotEdge'],
      ['sensor', 'iotEdge'],
    ]);
    expect(twin('gw/$edgeAgent')).toMatchObject({
      desired: { values: agent, version: 2 },
      configurations: { base: applied },
    });
    expect(twin('gw/sensor').desired.values).toEqual({ rate: 5 });
    expect([twin('gw').configurations, twin('leaf').configurations]).toEqual([undefined, undefined]);
    expect(hub.registry.modules('leaf')).toEqual([]);
  });

  // the texts are those that the Azure CLI's tests recorded
  test('has metrics of what its agents say', () => {
    const { hub, clock, configurations, create } = newWorld();
    create('c12', deployment(5));
    const applied =
      "select deviceId from devices.modules where moduleId = '$edgeAgent' and configurations.[[c12]].status = 'Applied'";
    const heard = `${applied} and properties.desired.$version = properties.reported.lastDesiredVersion and properties.reported.lastDesiredStatus.code`;
    const metrics = () => configurations.render(configurations.get('c12')).systemMetrics;
    expect(metrics()).toEqual({
      results: { targetedCount: 1, appliedCount: 1, reportedSuccessfulCount: 0, reportedFailedCount: 0 },
      queries: {
        appliedCount: applied,
        reportedFailedCount: `${heard} != 200`,
        reportedSuccessfulCount: `${heard} = 200`,
        targetedCount: "select deviceId from devices where capabilities.iotEdge = true and tags.site = 'a'",
      },
    });
    hub.twins.report('gw/$edgeAgent', { lastDesiredVersion: 2, lastDesiredStatus: { code: 200 } });
    clock.settle();
    expect(metrics()).toMatchObject({ results: { reportedSuccessfulCount: 1, reportedFailedCount: 0 } });
  });

  test('is one: of several whole ones the highest priority counts', () => {
    const { create, twin } = newWorld();
    create('a', deployment(1, { priority: 1 }));
    create('b', deployment(2, { priority: 2 }));
    create('c', deployment(0));
    expect(twin('gw/sensor').desired.values).toEqual({ rate: 2 });
    expect(twin('gw/$edgeAgent').configurations).toEqual({ a: targeted, b: applied, c: targeted });
  });

  test('is added to by layered ones of a higher priority', () => {
    const { create, twin } = newWorld();
    create('base', deployment(5, { priority: 5 }));
    create('above', layer({ priority: 6 }));
    create('below', layer({ priority: 4 }));
    expect(twin('gw/$edgeAgent').desired.values).toEqual({
      schemaVersion: '1.1',
      modules: { sensor: { type: 'docker' }, camera: { type: 'docker' } },
    });
    expect(twin('gw/sensor').desired.values).toEqual({ rate: 5, unit: 's' });
    expect(twin('gw/$edgeAgent').configurations).toEqual({ above: applied, base: applied, below: targeted });
    expect(twin('gw/camera').desired.values).toEqual({});
  });

  test('goes when the device leaves its condition, and comes with a device that becomes an edge device', () => {
    const { hub, clock, create, twin } = newWorld();
    create('base', deployment(5));
    hub.twins.patch('gw', { tags: { site: 'b' } });
    hub.registry.replace({ deviceId: 'leaf' }, { capabilities: { iotEdge: true }, deviceScope: '' }, '*');
    clock.settle();
    expect(twin('gw/sensor')).toMatchObject({ desired: { values: {} }, configurations: undefined });
    expect(twin('leaf/sensor').desired.values).toEqual({ rate: 5 });
  });
});

describe('content that is applied to one device', () => {
  test('replaces what its modules had', () => {
    const { hub, configurations, twin } = newWorld();
    configurations.applyContent('gw', deployment(5).content);
    hub.twins.patch('gw/sensor', { properties: { desired: { old: 1 } } });
    configurations.applyContent('gw', deployment(6).content);
    expect(twin('gw/sensor')).toMatchObject({ desired: { values: { rate: 6 } }, configurations: undefined });
    expect(twin('gw/sensor').desired.values).toEqual({ rate: 6 });
    expect(hub.registry.modules('gw').length).toBe(3);
  });

  test('is for edge devices that exist, and of modules', () => {
    const { configurations } = newWorld();
    const apply = (deviceId: string, content: JsonObject) =>
      refusal(() => configurations.applyContent(deviceId, content));
    expect(apply('nobody', deployment(5).content)).toMatchObject({ code: 'DeviceNotFound', status: 404 });
    expect(apply('leaf', deployment(5).content)).toMatchObject({ status: 400 });
  });

  // the text is quoted in https://github.com/Azure/azure-iot-sdk-csharp/issues/2419
  test('has the text of the service if it is not content for modules', () => {
    const { configurations } = newWorld();
    for (const content of [
      { deviceContent: { 'properties.desired.a': 1 } },
      { moduleContent: { 'properties.desired.a': 1 } },
      { modulesContent: { $edgeAgent: { wrong: 1 } } },
    ])
      expect(refusal(() => configurations.applyContent('gw', content))).toEqual({
        code: 'InvalidConfigurationContent',
        status: 400,
        message: 'The content provided for configuration is invalid. Please check and try again',
      });
  });
});
