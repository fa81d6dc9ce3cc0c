import { expect, test } from 'vitest';
import { timestamp, VirtualClock } from '../../emulator/kernel/clock.ts';

test('a virtual clock runs what is due in order, each at its own time, then calls its watchers', () => {
  const clock = new VirtualClock(0);
  const seen: [number, string][] = [];
  clock.watch((ms) => seen.push([clock.now(), `advanced by ${ms}`]));
  clock.wake(30, () => seen.push([clock.now(), 'second']));
  clock.wake(10, () => seen.push([clock.now(), 'first']));
  clock.wake(20, () => seen.push([clock.now(), 'cancelled']))();
  clock.settle();
  clock.advance(40);
  expect(seen).toEqual([
    [10, 'first'],
    [30, 'second'],
    [40, 'advanced by 40'],
  ]);
});

test('a virtual clock that is set runs nothing until it is advanced', () => {
  const clock = new VirtualClock(0);
  const seen: number[] = [];
  clock.wake(10, () => seen.push(clock.now()));
  clock.set(100);
  expect(seen).toEqual([]);
  clock.settle();
  expect(seen).toEqual([100]);
  expect(() => clock.advance(-1)).toThrow('A clock does not go back: -1 ms');
  expect(() => clock.advance(1e300)).toThrow('A clock ends at 9999-12-31T00:00:00.000Z');
  expect(clock.now()).toBe(100);
});

// as in documents of the service: https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins
test('times have seven digits, or none on a whole second', () => {
  expect([1_770_000_000_000, 1_770_000_000_120].map(timestamp)).toEqual([
    '2026-02-02T02:40:00Z',
    '2026-02-02T02:40:00.1200000Z',
  ]);
});
