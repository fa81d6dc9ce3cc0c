import { describe, expect, test } from 'vitest';
import { renderTwin } from '../../../emulator/hub/twins/twin-document.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import { applied, firmware, newWorld, targeted } from '../../support/hub/configurations.ts';
import { newSession, refusal, START } from '../../support/hub/hub.ts';

describe('a configuration', () => {
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management
  test('is kept with the queries of its system metrics', () => {
    const { configurations, create } = newWorld();
    create('c12', firmware('1.0.1', { schemaVersion: '1.0', labels: { k: 'v' }, priority: 20 }));
    expect(configurations.render(configurations.get('c12'))).toEqual({
      id: 'c12',
      schemaVersion: '1.0',
      labels: { k: 'v' },
      content: { deviceContent: { 'properties.desired.firmware': { fwVersion: '1.0.1' } } },
      targetCondition: "tags.environment='test'",
      createdTimeUtc: START,
      lastUpdatedTimeUtc: START,
      priority: 20,
      systemMetrics: {
        results: { targetedCount: 2, appliedCount: 2 },
        queries: {
          targetedCount: "select deviceId from devices where tags.environment='test'",
          appliedCount: "select deviceId from devices where configurations.[[c12]].status = 'Applied'",
        },
      },
      metrics: { results: {}, queries: {} },
      etag: 'MQ==',
    });
  });

  test('writes its content into the twins of its targets, once, with its status', () => {
    const { twins, clock, desired, marks, create, hub } = newWorld();
    const device = newSession('d1');
    hub.sessions.open(device.session, { resume: false });
    hub.sessions.subscribe(device.session, 'desired', 0);
    create('c12', firmware('1.0.1'));
    clock.advance(3_600_000);
    expect(['d1', 'd2', 'd3'].map(desired)).toEqual([
      { firmware: { fwVersion: '1.0.1' } },
      { firmware: { fwVersion: '1.0.1' } },
      {},
    ]);
    expect(renderTwin(twins.get('d1'))).toMatchObject({
      etag: 'AAAAAAAAAAM=',
      version: 4,
      configurations: { c12: applied },
      properties: { desired: { $version: 2 } },
    });
    expect(marks('d3')).toBeUndefined();
    expect(device.heard).toEqual([
      { type: 'desired', patch: { firmware: { fwVersion: '1.0.1' }, $version: 2 }, version: 2 },
    ]);
  });

  test('follows twins that begin to meet its condition and removes its settings from those that no longer do', () => {
    const { twins, clock, desired, marks, create } = newWorld();
    create('c12', firmware('1.0.1'));
    twins.patch('d3', { tags: { environment: 'test' }, properties: { desired: { mine: 1 } } });
    twins.patch('d1', { tags: { environment: 'live' }, properties: { desired: { mine: 1 } } });
    clock.settle();
    expect([desired('d3'), marks('d3')]).toEqual([{ mine: 1, firmware: { fwVersion: '1.0.1' } }, { c12: applied }]);
    expect([desired('d1'), marks('d1')]).toEqual([{ mine: 1 }, undefined]);
  });

  test('follows reported properties and new devices', () => {
    const { hub, twins, clock, desired, create } = newWorld();
    create('c12', firmware('2', { targetCondition: "properties.reported.model = 'x'" }));
    create('all', { content: { deviceContent: { 'properties.desired.all': true } }, targetCondition: '*' });
    hub.registry.create({ deviceId: 'd4' }, {});
    twins.report('d2', { model: 'x' });
    clock.settle();
    expect(desired('d2')).toEqual({ all: true, firmware: { fwVersion: '2' } });
    expect(desired('d4')).toEqual({ all: true });
  });

  test('with an empty condition targets nothing', () => {
    const { marks, create, results } = newWorld();
    create('c12', firmware('1', { targetCondition: '' }));
    expect(marks('d1')).toBeUndefined();
    expect(results('c12')).toMatchObject({
      results: { targetedCount: 0, appliedCount: 0 },
      queries: { targetedCount: '' },
    });
  });

  test('does not write again what a service wrote over it', () => {
    const { twins, clock, desired, create } = newWorld();
    create('c12', firmware('1'));
    twins.patch('d1', { tags: { floor: 1 }, properties: { desired: { firmware: { fwVersion: 'mine' } } } });
    clock.settle();
    expect(desired('d1')).toEqual({ firmware: { fwVersion: 'mine' } });
  });

  test('that would make a twin too big only targets it', () => {
    const { twins, clock, desired, marks, create } = newWorld();
    twins.patch('d1', {
      properties: { desired: { a: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, 'x'.repeat(4000)])) } },
    });
    const before = desired('d1');
    create('c12', firmware('x'.repeat(2000)));
    clock.settle();
    expect([desired('d1') === before, marks('d1'), marks('d2')]).toEqual([true, { c12: targeted }, { c12: applied }]);
  });
});

describe('of several configurations', () => {
  test('the one with the highest priority wins a path, the newer of two alike', () => {
    const { desired, marks, create, results } = newWorld();
    create('low', firmware('low', { priority: 10 }));
    create('high', firmware('high', { priority: 20 }));
    create('newer', firmware('newer', { priority: 20 }));
    create('lowest', firmware('lowest'));
    expect(desired('d1')).toEqual({ firmware: { fwVersion: 'newer' } });
    expect(marks('d1')).toEqual({ low: targeted, high: targeted, newer: applied, lowest: targeted });
    expect(results('low')).toMatchObject({ results: { targetedCount: 2, appliedCount: 0 } });
    expect(results('newer')).toMatchObject({ results: { targetedCount: 2, appliedCount: 2 } });
  });

  test('each writes its own paths; what only the loser wrote at the path of the winner is removed', () => {
    const { desired, marks, create } = newWorld();
    const settings = (firmware: JsonObject, more: JsonObject = {}) => ({
      targetCondition: '*',
      content: { deviceContent: { 'properties.desired.firmware': firmware, ...more } },
    });
    create('low', settings({ version: 1, url: 'a' }, { 'properties.desired.rate.low': 5 }));
    expect(desired('d1')).toEqual({ firmware: { version: 1, url: 'a' }, rate: { low: 5 } });
    create('high', { ...settings({ version: 2 }, { 'properties.desired.rate.high': 9 }), priority: 1 });
    expect(desired('d1')).toEqual({ firmware: { version: 2 }, rate: { low: 5, high: 9 } });
    expect(marks('d1')).toEqual({ low: applied, high: applied });
  });

  test('the next one applies when the winner is removed, whose other settings stay', () => {
    const { configurations, desired, marks, create, clock } = newWorld();
    create('low', firmware('low', { priority: 10 }));
    create('high', {
      targetCondition: '*',
      priority: 20,
      content: {
        deviceContent: { 'properties.desired.firmware': { fwVersion: 'high' }, 'properties.desired.extra': 1 },
      },
    });
    configurations.delete('high');
    clock.settle();
    expect([desired('d1'), marks('d1')]).toEqual([{ firmware: { fwVersion: 'low' }, extra: 1 }, { low: applied }]);
    expect([desired('d3'), marks('d3')]).toEqual([{ firmware: { fwVersion: 'high' }, extra: 1 }, undefined]);
  });

  test('a change of priorities changes the winner', () => {
    const { configurations, desired, create, clock } = newWorld();
    create('a', firmware('a', { priority: 1 }));
    create('b', firmware('b', { priority: 2 }));
    configurations.put('a', firmware('a', { priority: 3 }), '*');
    clock.settle();
    expect(desired('d1')).toEqual({ firmware: { fwVersion: 'a' } });
  });
});

describe('an update', () => {
  test('writes everything but the content, which must be there all the same', () => {
    const { configurations, create, clock } = newWorld();
    create('c12', firmware('1.0.1'));
    clock.advance(1000);
    const next = configurations.put('c12', firmware('2', { priority: 7, targetCondition: '*' }), 'MQ==');
    expect(configurations.render(next)).toMatchObject({
      content: { deviceContent: { 'properties.desired.firmware': { fwVersion: '1.0.1' } } },
      targetCondition: '*',
      priority: 7,
      createdTimeUtc: START,
      lastUpdatedTimeUtc: '2026-01-01T00:00:01Z',
      etag: 'Mg==',
    });
    expect(refusal(() => configurations.put('c12', {}, '*'))).toMatchObject({ code: 'InvalidConfigurationContent' });
  });

  test('without an etag is a conflict, with a stale one a failed precondition, of what is not there 404', () => {
    const { configurations, create } = newWorld();
    create('c12', firmware('1'));
    expect(refusal(() => configurations.put('c12', firmware('1')))).toMatchObject({
      code: 'ConfigurationAlreadyExists',
      status: 409,
    });
    for (const write of [
      () => configurations.put('c12', firmware('1'), 'Mg=='),
      () => configurations.delete('c12', 'Mg=='),
    ])
      expect(refusal(write)).toMatchObject({ code: 'PreconditionFailed', status: 412 });
    for (const act of [
      () => configurations.put('none', firmware('1'), '*'),
      () => configurations.delete('none'),
      () => configurations.get('none'),
    ])
      expect(refusal(act)).toMatchObject({ code: 'ConfigurationNotFound', status: 404 });
    configurations.delete('c12', 'MQ==');
    expect(configurations.list()).toEqual([]);
  });
});

// https://github.com/Azure-Samples/azure-iot-samples-node, iot-hub/Tutorials/FirmwareUpdate
test('the metrics of a firmware update count rows of their queries', () => {
  const { configurations, twins, create, clock } = newWorld();
  const metric = (status: string) =>
    `SELECT deviceId FROM devices WHERE configurations.[[firmware285]].status='Applied' AND properties.reported.firmware.fwUpdateStatus='${status}'`;
  create('firmware285', {
    ...firmware('1.0.0'),
    priority: 20,
    metrics: { queries: { current: metric('current'), applying: metric('applying'), error: metric('error') } },
  });
  twins.report('d1', { firmware: { fwUpdateStatus: 'applying' } });
  twins.report('d2', { firmware: { fwUpdateStatus: 'current' } });
  twins.report('d3', { firmware: { fwUpdateStatus: 'current' } });
  clock.settle();
  expect(configurations.render(configurations.get('firmware285'))).toMatchObject({
    systemMetrics: { results: { targetedCount: 2, appliedCount: 2 } },
    metrics: { results: { current: 1, applying: 1, error: 0 } },
  });
});

test('module configurations target module twins', () => {
  const { hub, create, desired, results } = newWorld();
  hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  hub.registry.create({ deviceId: 'd2', moduleId: 'm1' }, {});
  hub.twins.patch('d1/m1', { tags: { building: 9 } });
  create('m', {
    content: { moduleContent: { 'properties.desired.rate': 5 } },
    targetCondition: 'from devices.modules where tags.building=9',
  });
  expect([desired('d1/m1'), desired('d2/m1'), desired('d1')]).toEqual([{ rate: 5 }, {}, {}]);
  expect(results('m')).toMatchObject({ results: { targetedCount: 1, appliedCount: 1 } });
});
