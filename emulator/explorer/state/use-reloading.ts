import { useEffect, useMemo } from 'preact/hooks';
import type { HubEvent } from '../api/types.ts';
import { useApp } from './app.ts';
import { createResource, type Resource } from './resource.ts';

/** So often at most something is fetched again, ms. */
const CALM_MS = 1000;

/** Fetches something, and again a while after events that may have changed it. */
export const useReloading = <T>(load: () => Promise<T>, changes: (event: HubEvent) => boolean): Resource<T> => {
  const { stream } = useApp();
  const resource = useMemo(() => createResource(load), []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void resource.reload();
      }, CALM_MS);
    };
    void resource.reload();
    const stops = [
      stream.listen(({ events }) => {
        if (events.some(changes)) later();
      }),
      stream.whenMissed(later),
      () => clearTimeout(timer),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [resource]);
  return resource;
};
