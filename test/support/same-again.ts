import { afterAll, beforeAll, vi } from 'vitest';

let made = 0;

/** `crypto` whose names are counted: those that stories and clients make up are no doing of the hub. */
export const counting = (crypto: typeof import('node:crypto')): typeof import('node:crypto') => ({
  ...crypto,
  randomUUID: () => {
    made += 1;
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
  },
});

/** Counts from one again. */
export const countAnew = (): void => {
  made = 0;
};

/** Lets the machine's own clock, which apps ask, stand still during the tests of a file; gives its time. */
export const standStill = (): number => {
  const now = Date.now();
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now }));
  afterAll(() => void vi.useRealTimers());
  return now;
};
