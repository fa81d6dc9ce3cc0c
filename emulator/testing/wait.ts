import type { Bus } from '../hub/events.ts';

/** What somebody waits for. */
export interface Wish<T> {
  /** The thing waited for as soon as it is there, looked at after each event. */
  look(): T | undefined;
  /** Ends the sentence "waited 5 s for …". */
  readonly what: string;
  /** What is there instead, for the error. */
  instead(): string;
}

/**
 * Resolves once `look` finds something. It is asked when something has happened and not otherwise: nothing is polled.
 * Rejects when `patience` (ms of the wall clock) is over.
 */
export const waitFor = <T>(events: Bus, wish: Wish<T>, patience: number): Promise<T> => {
  const late = new Error(); // made here, so that its stack shows who waits
  Error.captureStackTrace(late, waitFor);
  return new Promise((done, failed) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
    };
    const look = (): void => {
      try {
        const found = wish.look();
        if (found === undefined) return;
        end();
        done(found);
      } catch (error) {
        end();
        failed(error);
      }
    };
    const stop = events.listen(look);
    const timer = setTimeout(() => {
      stop();
      late.message = `Waited ${patience / 1000} s for ${wish.what}; ${wish.instead()}`;
      failed(late);
    }, patience);
    look();
  });
};
