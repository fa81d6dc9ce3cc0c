import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** A list that grows while it is looked at, and can be held still. */
export interface LiveList<T> {
  /** Newest first. */
  readonly shown: ReadonlySignal<readonly T[]>;
  readonly isPaused: ReadonlySignal<boolean>;
  /** How many have come since it was paused. */
  readonly waiting: ReadonlySignal<number>;
  toggle(): void;
}

/** `all`: oldest first; `fits` narrows it. */
export const createLiveList = <T>(
  all: ReadonlySignal<readonly T[]>,
  fits: ReadonlySignal<(item: T) => boolean>,
): LiveList<T> => {
  const held: Signal<readonly T[] | undefined> = signal(undefined);
  const fitting = computed(() => (held.value ?? all.value).filter(fits.value).reverse());
  return {
    shown: fitting,
    isPaused: computed(() => held.value !== undefined),
    waiting: computed(() => {
      const last = held.value?.at(-1);
      return held.value === undefined
        ? 0
        : all.value.length - 1 - (last === undefined ? -1 : all.value.lastIndexOf(last));
    }),
    toggle() {
      held.value = held.value === undefined ? all.value : undefined;
    },
  };
};
