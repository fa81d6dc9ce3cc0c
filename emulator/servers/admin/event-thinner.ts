import type { MissedEvents } from '../../../protocol/admin/events.ts';
import type { Entry } from '../../hub/journal.ts';

/** Lets so many events of each type through, and counts the others: that costs a hub less than writing them. */
export class EventThinner {
  readonly #most: number;
  #counts = new Map<string, number>();
  /** The last one that was left out. */
  #last: Entry | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  passes(entry: Entry): boolean {
    const count = (this.#counts.get(entry.type) ?? 0) + 1;
    this.#counts.set(entry.type, count);
    if (count <= this.#most) return true;
    this.#last = entry;
    return false;
  }

  /** Lets as many through again. Returns what was left out; undefined if nothing was. */
  next(): MissedEvents | undefined {
    const [counts, last] = [this.#counts, this.#last];
    this.#counts = new Map();
    this.#last = undefined;
    if (last === undefined) return undefined;
    const types = [...counts]
      .map(([type, count]) => [type, count - this.#most] as const)
      .filter(([, left]) => left > 0);
    return {
      type: 'missed',
      count: types.reduce((sum, [, left]) => sum + left, 0),
      types: Object.fromEntries(types),
      time: new Date(last.at).toISOString(),
    };
  }
}
