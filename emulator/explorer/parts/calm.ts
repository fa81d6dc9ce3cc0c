import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

/** Follows a signal at most once in `ms`: for sorted lists, which are unreadable at full speed. */
export const useCalm = <T>(source: ReadonlySignal<T>, ms = 250): ReadonlySignal<T> => {
  const calm = useMemo(() => signal(source.peek()), [source]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = source.subscribe(() => {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          calm.value = source.peek();
        },
        calm.peek() === source.peek() ? 0 : ms,
      );
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [source]);
  return calm;
};
