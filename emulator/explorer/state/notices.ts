import { type ReadonlySignal, signal } from '@preact/signals';
import { messageOf } from '../api/client.ts';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isBad: boolean;
}

/** Short messages about what was done or could not be done. */
export interface Notices {
  readonly shown: ReadonlySignal<readonly Notice[]>;
  say(text: string): void;
  fail(error: unknown): void;
  dismiss(id: number): void;
  /** Runs an action: says `done` if it succeeds, and what was wrong if not. True if it succeeded. */
  run(action: () => Promise<unknown>, done?: string): Promise<boolean>;
}

const SHOWN_MS = 5000;
const MOST = 4;

export const createNotices = (after: (ms: number, run: () => void) => void): Notices => {
  const shown = signal<readonly Notice[]>([]);
  let made = 0;
  const dismiss = (id: number): void => {
    shown.value = shown.value.filter((notice) => notice.id !== id);
  };
  const add = (text: string, isBad: boolean): void => {
    made += 1;
    const id = made;
    shown.value = [...shown.value, { id, text, isBad }].slice(-MOST);
    // what went wrong stays until it was read
    if (!isBad) after(SHOWN_MS, () => dismiss(id));
  };
  const fail = (error: unknown): void => add(messageOf(error), true);
  return {
    shown,
    dismiss,
    fail,
    say: (text) => add(text, false),
    async run(action, done) {
      try {
        await action();
        if (done !== undefined) add(done, false);
        return true;
      } catch (error) {
        fail(error);
        return false;
      }
    },
  };
};
