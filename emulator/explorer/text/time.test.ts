import { expect, test } from 'vitest';
import { ago, duration, exact, isNever, timeOfDay } from './time.ts';

const NOON = Date.parse('2026-11-28T12:00:00Z');

test.each([
  [0, 'now'],
  [999, 'now'],
  [2_000, '2 s'],
  [59_999, '59 s'],
  [180_000, '3 min'],
  [7_200_000, '2 h'],
  [200_000_000, '2 d'],
  [-42_000, 'in 42 s'],
])('%i ms ago is %s', (ms, text) => {
  expect(ago(NOON - ms, NOON)).toBe(text);
});

test('short durations are told in milliseconds', () => {
  expect(duration(41.2)).toBe('41 ms');
});

test('times are UTC, to the millisecond where asked', () => {
  expect(timeOfDay('2026-11-28T13:04:01.220+01:00')).toBe('12:04:01');
  expect(timeOfDay(NOON + 220, true)).toBe('12:00:00.220');
  expect(exact(NOON)).toBe('2026-11-28 12:00:00.000 UTC');
});

// observed in answers of the service: a device that has never been seen
test('the year 1 is never', () => {
  expect(isNever('0001-01-01T00:00:00Z')).toBe(true);
  expect(exact('0001-01-01T00:00:00Z')).toBe('never');
  expect(timeOfDay('not a time')).toBe('—');
});
