import type { HubError } from '../../protocol/errors.ts';
import type { HubChange } from '../hub/changes.ts';

interface Waiter {
  readonly act: () => void;
  readonly failed: (error: HubError) => void;
}

/** The changes of a turn of the event loop, by where they are kept, and who waits for them. */
export class Batch {
  readonly changes = new Map<string, HubChange>();
  /** What is not a row of the hub. */
  readonly others = new Map<string, string | undefined>();
  readonly waiters: Waiter[] = [];

  get isEmpty(): boolean {
    return this.changes.size === 0 && this.others.size === 0;
  }
}
