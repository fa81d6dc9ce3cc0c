import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Something that takes so many ms, and how often it has run. */
const setUp = (ms: number) => {
  let runs = 0;
  const pace = createPace(() => {
    runs += 1;
    return new Promise((done) => setTimeout(done, ms));
  });
  return { pace, runs: () => runs };
};

test('it runs at once, and once more after a rest of four times what it took, however often it was asked', async () => {
  const { pace, runs } = setUp(50);
  pace.ask();
  expect(runs()).toBe(1);
  pace.ask();
  await vi.advanceTimersByTimeAsync(60);
  pace.ask();
  await vi.advanceTimersByTimeAsync(189);
  expect(runs()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs()).toBe(2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(runs()).toBe(2);
});

test('it rests for a tenth of a second at least and for a second at most, and not at all once it is closed', async () => {
  const quick = setUp(1);
  const slow = setUp(2_000);
  for (const { pace } of [quick, slow]) for (let i = 0; i < 2; i++) pace.ask();
  await vi.advanceTimersByTimeAsync(101);
  expect(quick.runs()).toBe(2);
  await vi.advanceTimersByTimeAsync(2_899);
  expect([quick.runs(), slow.runs()]).toEqual([2, 2]);
  quick.pace.close();
  quick.pace.ask();
  expect(quick.runs()).toBe(2);
});
