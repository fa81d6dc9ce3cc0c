/** Runs something when it is asked for. */
export interface Pace {
  ask(): void;
  /** Never runs again. */
  close(): void;
}

/** It rests between two runs, ms: what takes the hub long is asked for seldom, and what takes it little follows at once. */
const restAfter = (took: number): number => Math.min(1000, Math.max(100, 4 * took));

/** Runs it at once; while it runs or rests, it is remembered that it was asked for again, and it runs once more when the rest is over. */
export const createPace = (run: () => Promise<unknown>): Pace => {
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
