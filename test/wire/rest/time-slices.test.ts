import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runInSlices } from '../../../emulator/servers/http/time-slices.ts';

// the clock goes on only when work is done
let now = 0;
beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => now));
afterEach(() => void vi.restoreAllMocks());

/** Work whose steps take half a millisecond each. */
function* work(log: string[], steps: number): Generator<void, string> {
  try {
    for (let step = 0; step < steps; step += 1) {
      now += 0.5;
      yield;
    }
    return 'done';
  } finally {
    log.push('cleaned up');
  }
}

test('others get their turn each millisecond while a long piece of work goes on', async () => {
  const log: string[] = [];
  let turns = 0;
  let running = true;
  const tick = (): void => {
    turns += 1;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  expect(await runInSlices(work(log, 80), () => false)).toBe('done');
  running = false;
  expect(turns).toBe(40);
  expect(log).toEqual(['cleaned up']);
});

test('a short piece of work is done at once', async () => {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  expect(await runInSlices(work([], 0), () => false)).toBe('done');
  expect(turned).toBe(false);
});

test('work is given up once its client has gone, and cleans up', async () => {
  const log: string[] = [];
  await expect(runInSlices(work(log, 1_000), () => true)).rejects.toMatchObject({ code: 'ClientClosedRequest' });
  expect(log).toEqual(['cleaned up']);
});
