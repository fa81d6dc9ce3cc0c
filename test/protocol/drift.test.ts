import { expect, test } from 'vitest';
import { countDrift, driftOf } from '../../protocol/drift.ts';

test('a desired path drifts if the device reports another value, or none', () => {
  const desired = { telemetry: { intervalMs: 1000, format: 'json' }, target: 21.5 };
  const reported = { telemetry: { intervalMs: 5000, format: 'json' } };
  expect(driftOf(desired, reported, 1)).toEqual([
    { path: ['telemetry', 'intervalMs'], kind: 'different', reported: 5000 },
    { path: ['target'], kind: 'missing' },
  ]);
});

test('lists count what differs apart from what was not reported', () => {
  expect(countDrift(driftOf({ a: 1, b: 2, c: 3 }, { a: 2 }, 1))).toEqual({ different: 1, missing: 2 });
});

// https://learn.microsoft.com/azure/iot/concepts-convention#writable-properties
test('a writable property of a Plug and Play device is compared by its acknowledgement', () => {
  const desired = { targetTemperature: 23 };
  const acknowledged = { value: 23.0, ac: 200, av: 3, ad: 'complete' };
  expect(driftOf(desired, { targetTemperature: acknowledged }, 3)).toEqual([]);
});

test('an acknowledgement of an older version is still to come', () => {
  const reported = { targetTemperature: { value: 20, ac: 200, av: 2 } };
  expect(driftOf({ targetTemperature: 23 }, reported, 3)).toEqual([
    { path: ['targetTemperature'], kind: 'pending', reported: 20, version: 2 },
  ]);
});

test('a device may refuse what is desired', () => {
  const reported = { thermostat1: { __t: 'c', target: { value: 20, ac: 400, av: 3, ad: 'too hot' } } };
  expect(driftOf({ thermostat1: { __t: 'c', target: 99 } }, reported, 3)).toEqual([
    { path: ['thermostat1', 'target'], kind: 'refused', reported: 20, status: 400, text: 'too hot' },
  ]);
});
