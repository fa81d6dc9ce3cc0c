import { batch, type ReadonlySignal, signal } from '@preact/signals';

/** Something that is fetched, and fetched again when it may have changed. */
export interface Resource<T> {
  readonly value: ReadonlySignal<T | undefined>;
  readonly error: ReadonlySignal<unknown>;
  /** Fetches again. While a fetch is on its way, one more is remembered and the rest are dropped. */
  reload(): Promise<void>;
  /** Takes a value that is known already. */
  set(value: T): void;
}

export const createResource = <T>(load: () => Promise<T>): Resource<T> => {
  const value = signal<T | undefined>(undefined);
  const error = signal<unknown>(undefined);
  let running: Promise<void> | undefined;
  let isStale = false;

  const once = async (): Promise<void> => {
    try {
      const loaded = await load();
      batch(() => {
        value.value = loaded;
        error.value = undefined;
      });
    } catch (caught) {
      error.value = caught;
    }
  };
  const run = async (): Promise<void> => {
    do {
      isStale = false;
      await once();
    } while (isStale);
    running = undefined;
  };
  return {
    value,
    error,
    set: (known) => {
      value.value = known;
    },
    reload() {
      if (running === undefined) running = run();
      else isStale = true;
      return running;
    },
  };
};
