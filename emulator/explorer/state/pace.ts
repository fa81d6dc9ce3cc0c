/** Runs something when it is asked for. */
export interface Pace {
  ask(): void;
  /** Never runs again. */
  close(): void;
}

/** The shortest rest, ms: for little work, which a person expects at once. */
export const AT_ONCE_MS = 100;
const LONGEST_MS = 1000;

/**
 * What takes the hub long is asked for seldom, and what takes it little follows at once: it rests four times as long as it ran, at most
 * `longest`. While it runs or rests, it is remembered that it was asked for again, and it runs once more when the rest is over.
 */
export const createPace = (run: () => Promise<unknown>, longest = LONGEST_MS): Pace => {
  const restAfter = (took: number): number => Math.min(longest, Math.max(AT_ONCE_MS, 4 * took));
  let state: 'idle' | 'busy' | 'stale' = 'idle';
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const awake = (): void => {
    const isStale = state === 'stale';
    state = 'idle';
    if (isStale) void start();
  };
  const start = async (): Promise<void> => {
    state = 'busy';
    const started = performance.now();
    await run();
    if (!isClosed) timer = setTimeout(awake, restAfter(performance.now() - started));
  };
  return {
    ask() {
      if (isClosed) return;
      if (state === 'idle') void start();
      else state = 'stale';
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
};
