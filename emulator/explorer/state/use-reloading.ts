import { useEffect, useMemo } from 'preact/hooks';
import type { HubEvent } from '../api/types.ts';
import { useApp } from './app.ts';
import { createPace } from './pace.ts';
import { createResource, type Resource } from './resource.ts';

/**
 * Fetches something, and again at once after events that may have changed it; at rest, when the rest is over. Of events that were left out
 * only the type is known.
 */
export const useReloading = <T>(load: () => Promise<T>, changes: (event: HubEvent) => boolean): Resource<T> => {
  const { stream } = useApp();
  const resource = useMemo(() => createResource(load), []);
  useEffect(() => {
    const pace = createPace(resource.reload);
    pace.ask();
    const stops = [
      stream.listen(({ events }) => {
        if (events.some(changes)) pace.ask();
      }),
      stream.whenMissed((types) => {
        if (types === undefined || types.some((type) => changes({ type, sequence: 0, time: '' }))) pace.ask();
      }),
      pace.close,
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [resource]);
  return resource;
};
