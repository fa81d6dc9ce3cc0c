import { useEffect, useMemo } from 'preact/hooks';
import type { HubEvent } from '../api/types.ts';
import { useApp } from './app.ts';
import { createResource, type Resource } from './resource.ts';

/** It rests between two fetches, ms: what takes the hub long is fetched seldom, and what takes it little follows at once. */
const restAfter = (took: number): number => Math.min(1000, Math.max(100, 4 * took));

/**
 * Fetches something, and again at once after events that may have changed it; at rest, when the rest is over. Of events that were left out
 * only the type is known.
 */
export const useReloading = <T>(load: () => Promise<T>, changes: (event: HubEvent) => boolean): Resource<T> => {
  const { stream } = useApp();
  const resource = useMemo(() => createResource(load), []);
  useEffect(() => {
    let state: 'idle' | 'busy' | 'stale' = 'idle';
    let isClosed = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const awake = (): void => {
      const isStale = state === 'stale';
      state = 'idle';
      if (isStale) void reload();
    };
    const reload = async (): Promise<void> => {
      if (state !== 'idle') {
        state = 'stale';
        return;
      }
      state = 'busy';
      const started = performance.now();
      await resource.reload();
      if (!isClosed) timer = setTimeout(awake, restAfter(performance.now() - started));
    };
    void reload();
    const stops = [
      stream.listen(({ events }) => {
        if (events.some(changes)) void reload();
      }),
      stream.whenMissed((types) => {
        if (types === undefined || types.some((type) => changes({ type, sequence: 0, time: '' }))) void reload();
      }),
    ];
    return () => {
      isClosed = true;
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [resource]);
  return resource;
};
