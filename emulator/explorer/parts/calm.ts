import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

/** Follows a signal at once, but at most once in `ms`: for sorted lists, which are unreadable at full speed. */
export const useCalm = <T>(source: ReadonlySignal<T>, ms = 150): ReadonlySignal<T> => {
  const calm = useMemo(() => signal(source.peek()), [source]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let followedAt = Number.NEGATIVE_INFINITY;
    const follow = (): void => {
      timer = undefined;
      followedAt = performance.now();
      calm.value = source.peek();
    };
    const stop = source.subscribe((value) => {
      if (value !== calm.peek()) timer ??= setTimeout(follow, Math.max(0, followedAt + ms - performance.now()));
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [source]);
  return calm;
};
