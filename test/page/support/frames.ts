import type { Page } from 'playwright-core';

/** Times between frames, in ms, for as long as `seconds`; `each` runs in the page in every frame. */
export const frames = (page: Page, seconds: number, each = ''): Promise<number[]> =>
  page.evaluate(`new Promise((done) => {
    const times = [];
    let last = performance.now();
    const end = last + ${seconds * 1000};
    const tick = (now) => {
      times.push(now - last);
      last = now;
      ${each}
      now < end ? requestAnimationFrame(tick) : done(times);
    };
    requestAnimationFrame(tick);
  })`);

export const p95 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
