import { afterAll, beforeAll, vi } from 'vitest';

let made = 0;

/** `crypto` with counted ids in place of random ones: those of stories and clients are not the hub's. */
export const counting = (crypto: typeof import('node:crypto')): typeof import('node:crypto') => ({
  ...crypto,
  randomUUID: () => {
    made += 1;
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
  },
});

/** Starts again at one. */
export const countAnew = (): void => {
  made = 0;
};

/** Stops the system clock, which apps read, during the tests of a file; returns its time. */
export const standStill = (): number => {
  const now = Date.now();
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now }));
  afterAll(() => void vi.useRealTimers());
  return now;
};
