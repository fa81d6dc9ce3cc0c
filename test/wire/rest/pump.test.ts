import { expect, test } from 'vitest';
import { pump } from '../../../emulator/servers/http/pump.ts';

function* work(log: string[], steps: number): Generator<void, string> {
  try {
    for (let step = 0; step < steps; step += 1) {
      const end = performance.now() + 1;
      while (performance.now() < end);
      yield;
    }
    return 'done';
  } finally {
    log.push('cleaned up');
  }
}

test('others get their turn while a long piece of work goes on', async () => {
  const log: string[] = [];
  let turns = 0;
  let running = true;
  const tick = (): void => {
    turns += 1;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  expect(await pump(work(log, 40), () => false)).toBe('done');
  running = false;
  expect(turns).toBeGreaterThanOrEqual(8); // 40 ms in slices of 4 ms and a little
  expect(log).toEqual(['cleaned up']);
});

test('a short piece of work is done at once', async () => {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  expect(await pump(work([], 0), () => false)).toBe('done');
  expect(turned).toBe(false);
});

test('work that nobody waits for any more is given up, and cleans up', async () => {
  const log: string[] = [];
  await expect(pump(work(log, 1_000), () => true)).rejects.toMatchObject({ code: 'ClientClosedRequest' });
  expect(log).toEqual(['cleaned up']);
});
