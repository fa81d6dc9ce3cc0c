import type { HubBus } from '../hub/events.ts';

/** What a test waits for. */
export interface Condition<T> {
  /** The value, as soon as there is one; called after each event. */
  find(): T | undefined;
  /** Ends the sentence "Waited 5 s for …". */
  readonly description: string;
  /** What there is instead, for the error. */
  instead(): string;
}

/**
 * Resolves once `find` gives a value. It is called after each event: nothing is polled. Rejects after `timeoutMs` (ms of the
 * wall clock).
 */
export const waitFor = <T>(events: HubBus, condition: Condition<T>, timeoutMs: number): Promise<T> => {
  const timeout = new Error(); // created here, so that its stack shows the caller
  Error.captureStackTrace(timeout, waitFor);
  return new Promise((done, failed) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
    };
    const look = (): void => {
      try {
        const found = condition.find();
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
      timeout.message = `Waited ${timeoutMs / 1000} s for ${condition.description}; ${condition.instead()}`;
      failed(timeout);
    }, timeoutMs);
    look();
  });
};
