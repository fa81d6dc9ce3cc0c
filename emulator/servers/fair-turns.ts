/** Something that reads when its turn has come. */
export interface Reader {
  readAgain(): void;
}

/** How long clients are read before anything else may run, ms. With 5 ms a thousand devices were slower, see docs/performance.md. */
const SLICE_MS = 2;

/**
 * Lets clients be read for a few milliseconds at a time. libuv hands out tens of thousands of readable sockets in one turn of the
 * event loop: read one after the other, they would delay timers, REST and other hubs for as long as a second. What is not read
 * waits in its socket's buffer, so a client that sends too fast is slowed down by TCP.
 */
export class FairTurns {
  readonly #now: () => number;
  readonly #later: (run: () => void) => void;
  #waiting: Reader[] = [];
  /** The end of the slice; undefined: no turn is open. */
  #end: number | undefined;
  #isReadingWaiting = false;

  /** `later` runs a function in the next turn of the event loop. */
  constructor(now = () => performance.now(), later: (run: () => void) => void = setImmediate) {
    this.#now = now;
    this.#later = later;
  }

  /** True if `reader` may read now. False: it is asked to read again in a later turn, after those that wait already. */
  mayRead(reader: Reader): boolean {
    if (this.#isReadingWaiting) return true;
    if (this.#end === undefined) this.#open();
    else if (this.#waiting.length > 0 || this.#now() >= this.#end) {
      this.#waiting.push(reader);
      return false;
    }
    return true;
  }

  /** `reader` has read some, and goes on when its turn has come again. */
  wait(reader: Reader): void {
    this.#waiting.push(reader);
  }

  #open(): void {
    this.#end = this.#now() + SLICE_MS;
    this.#later(this.#next);
  }

  readonly #next = (): void => {
    this.#end = undefined;
    if (this.#waiting.length === 0) return;
    this.#open();
    this.#readWaiting(this.#now() + SLICE_MS);
  };

  #readWaiting(end: number): void {
    let read = 0;
    this.#isReadingWaiting = true;
    try {
      while (read < this.#waiting.length && (read === 0 || this.#now() < end)) this.#waiting[read++]?.readAgain();
    } finally {
      this.#isReadingWaiting = false;
      this.#waiting.splice(0, read);
    }
  }
}
