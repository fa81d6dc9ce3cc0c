import { describe, expect, test } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { applied, firmware, newWorld } from '../../support/hub/configurations.ts';

describe('the cadence of the service', () => {
  test('evaluates shortly after creation and then every five minutes', () => {
    const { configurations, twins, clock, desired, results } = newWorld({ configurationInterval: 300_000 });
    configurations.put('c12', firmware('1'));
    clock.settle();
    expect([desired('d1'), results('c12')]).toMatchObject([{}, { results: {} }]);
    clock.advance(60_000);
    expect(desired('d1')).toEqual({ firmware: { fwVersion: '1' } });
    expect(results('c12')).toMatchObject({ results: { targetedCount: 2, appliedCount: 2 } });
    twins.patch('d3', { tags: { environment: 'test' } });
    clock.advance(60_000);
    expect(desired('d3')).toEqual({});
    clock.advance(240_000);
    expect(desired('d3')).toEqual({ firmware: { fwVersion: '1' } });
    expect(results('c12')).toMatchObject({ results: { targetedCount: 3, appliedCount: 3 } });
  });
});

test('a configuration that is created again counts the twins that the one before had reached', () => {
  const { configurations, clock, results } = newWorld({ configurationInterval: 300_000 });
  configurations.put('c12', firmware('1'));
  clock.advance(60_000);
  configurations.delete('c12', '*');
  configurations.put('c12', firmware('1'));
  clock.advance(60_000);
  expect(results('c12')).toMatchObject({ results: { targetedCount: 2, appliedCount: 2 } });
});

test('queries are tested without being kept; `*` is not a condition then', () => {
  const { configurations } = newWorld();
  const good = { targetCondition: "tags.a = 'b'", customMetricQueries: { m: 'select deviceId from devices' } };
  expect(configurations.testQueries(good)).toEqual({ targetConditionError: null, customMetricQueryErrors: {} });
  const bad = configurations.testQueries({ targetCondition: '*', customMetricQueries: { m: 'SELEC nope' } });
  expect(bad).toEqual({
    targetConditionError: expect.stringContaining('InvalidConfigurationTargetCondition'),
    customMetricQueryErrors: { m: expect.stringContaining('InvalidConfigurationCustomMetricsQuery') },
  });
});

test('a snapshot takes configurations back, and what they did', () => {
  const { hub, clock, configurations, desired, marks, create, results } = newWorld();
  const before = takeSnapshot(hub);
  create('c12', firmware('1'));
  const after = takeSnapshot(hub);
  restoreSnapshot(hub, before);
  clock.settle();
  expect([configurations.list(), desired('d1'), marks('d1')]).toEqual([[], {}, undefined]);
  restoreSnapshot(hub, after);
  clock.settle();
  expect([desired('d1'), marks('d1')]).toEqual([{ firmware: { fwVersion: '1' } }, { c12: applied }]);
  expect(results('c12')).toMatchObject({ results: { targetedCount: 2, appliedCount: 2 } });
});

test('a thousand devices are configured in steps', () => {
  const { hub, desired, create, results } = newWorld();
  for (let i = 0; i < 1000; i++) hub.registry.create({ deviceId: `x${i}` }, {});
  create('all', firmware('1', { targetCondition: '*' }));
  expect(desired('x999')).toEqual({ firmware: { fwVersion: '1' } });
  expect(results('all')).toMatchObject({ results: { targetedCount: 1003, appliedCount: 1003 } });
});
