import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Since } from './version.ts';

/** Ids that are swept at each write: all of them in one step would stop everything else. */
const LEAST_EACH = 4;
/** Writes that a sweep takes at most, if they are more than these. */
const MOST_WRITES = 2_000;
/** The part of the bytes at which a sweep begins: while it goes on, more versions come. */
const FULL = 0.9;
/** Where the latest versions alone take more than that, there is a sweep when all take so many times as much. */
const GROWTH = 1.5;

/** What a sweep needs of the history. */
export interface Swept {
  bytes(): number;
  now(): Since;
  ids(): { readonly count: number; readonly keys: Iterable<IdentityKey> };
  /** When about half of the bytes had come; it outlives a restart. */
  middle(): Since | undefined;
  setMiddle(moment: Since | undefined): void;
  /** The history begins with the moment. */
  begin(moment: Since): void;
  /** Drops what the id has from before that moment. */
  cut(key: IdentityKey): void;
}

/**
 * Keeps the history at about a number of bytes. When it becomes too large, it begins later: after about half of its bytes. What is from
 * before is dropped a few ids at a time. If that is not enough, all but the latest versions are dropped.
 */
export class Sweep {
  readonly #history: Swept;
  readonly #full: number;
  #at: number;
  /** Ids that are still to be swept, while a sweep goes on. */
  #rest: Iterator<IdentityKey> | undefined;
  #each = LEAST_EACH;
  /** As the history has it. */
  #middle: Since | undefined;
  /** Of a sweep that drops half of the history, all but the latest versions, or the rest of what was begun before a restart. */
  #aim: 'half' | 'all' | 'rest' = 'half';

  constructor(history: Swept, maxBytes: number) {
    this.#history = history;
    this.#full = maxBytes * FULL;
    this.#at = this.#full;
  }

  /** True if the event was before the moment with which the history begins after the next sweep. */
  isBeforeMiddle(event: number): boolean {
    return this.#middle !== undefined && event <= this.#middle.event;
  }

  /** After each write. */
  step(): void {
    const bytes = this.#history.bytes();
    if (this.#rest !== undefined) this.#goOn(this.#rest);
    else if (bytes > this.#at) this.#begin(this.#middle ?? this.#history.now());
    else if (bytes > this.#at / 2 && this.#middle === undefined) this.#setMiddle(this.#history.now());
  }

  /** The history was emptied or loaded. A sweep that was not at its end goes on. */
  restart(): void {
    [this.#at, this.#rest, this.#aim] = [this.#full, undefined, 'rest'];
    this.#middle = this.#history.middle();
    if (this.#history.bytes() > this.#full) this.#goThrough();
  }

  #begin(moment: Since): void {
    const now = this.#history.now();
    this.#aim = moment.event === now.event ? 'all' : 'half';
    this.#setMiddle(this.#aim === 'all' ? undefined : now);
    this.#history.begin(moment);
    this.#goThrough();
  }

  #setMiddle(moment: Since | undefined): void {
    this.#middle = moment;
    this.#history.setMiddle(moment);
  }

  #goThrough(): void {
    const { count, keys } = this.#history.ids();
    this.#each = Math.max(LEAST_EACH, Math.ceil(count / MOST_WRITES));
    this.#rest = keys[Symbol.iterator]();
  }

  #goOn(rest: Iterator<IdentityKey>): void {
    for (let count = 0; count < this.#each; count++) {
      const { done, value } = rest.next();
      if (done === true) {
        this.#end();
        return;
      }
      this.#history.cut(value);
    }
  }

  #end(): void {
    const bytes = this.#history.bytes();
    this.#rest = undefined;
    if (this.#aim === 'all') this.#at = Math.max(this.#full, bytes * GROWTH);
    if (this.#aim === 'half' && bytes > this.#at) this.#begin(this.#history.now());
  }
}
