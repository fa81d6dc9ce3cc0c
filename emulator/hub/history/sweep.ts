import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Since } from './version.ts';

/** Ids that are swept at each write: all of them in one step would stop everything else. */
const EACH = 4;
/** The part of the bytes at which a sweep begins: while it goes on, more versions come. */
const FULL = 0.9;
/** What a sweep has to leave free, as a part of what begins it; otherwise another one drops all but the latest versions. */
const ENOUGH = 0.75;

/** What a sweep needs of the history. */
export interface Swept {
  bytes(): number;
  now(): Since;
  keys(): Iterable<IdentityKey>;
  /** The history begins with the moment. */
  begin(moment: Since): void;
  /** Drops what the id has from before that moment. */
  cut(key: IdentityKey): void;
}

/**
 * Keeps the history below a number of bytes. When it becomes too large, it begins later: after about half of its bytes, if it is known when
 * those had come. What is from before is dropped a few ids at a time.
 */
export class Sweep {
  readonly #history: Swept;
  readonly #full: number;
  #at: number;
  /** When about half of the bytes had come. */
  #middle: Since | undefined;
  /** Ids that are still to be swept, while a sweep goes on. */
  #rest: Iterator<IdentityKey> | undefined;
  /** It drops all but the latest versions. */
  #isThorough = false;

  constructor(history: Swept, maxBytes: number) {
    this.#history = history;
    this.#full = maxBytes * FULL;
    this.#at = this.#full;
  }

  /** After each write. */
  step(): void {
    if (this.#rest !== undefined) this.#goOn(this.#rest);
    else if (this.#history.bytes() > this.#at) this.#begin(this.#middle ?? this.#history.now());
    else if (this.#middle === undefined && this.#history.bytes() > this.#at / 2) this.#middle = this.#history.now();
  }

  /** The history was emptied or loaded. */
  restart(): void {
    [this.#at, this.#middle, this.#rest] = [this.#full, undefined, undefined];
  }

  #begin(moment: Since): void {
    const now = this.#history.now();
    this.#isThorough = moment.event === now.event;
    this.#middle = this.#isThorough ? undefined : now;
    this.#history.begin(moment);
    this.#rest = this.#history.keys()[Symbol.iterator]();
  }

  #goOn(rest: Iterator<IdentityKey>): void {
    for (let count = 0; count < EACH; count++) {
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
    const isEnough = bytes <= this.#full * ENOUGH;
    if (!isEnough && !this.#isThorough) this.#begin(this.#history.now());
    else this.#at = isEnough ? this.#full : bytes * 2; // the latest versions take so much
  }
}
