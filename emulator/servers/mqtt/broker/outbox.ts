/** Something with bytes to send. */
interface Flushable {
  flush(): void;
}

/**
 * Flushes connections once per turn of the event loop: first everything that was read is answered, then all answers are sent.
 * Answers to one client leave in one write, and clients are woken together instead of one after the other.
 */
export class Outbox {
  #waiting: Flushable[] = [];

  /** Flushes `one` after everything that has arrived was handled. */
  add(one: Flushable): void {
    if (this.#waiting.push(one) === 1) setImmediate(() => this.#send());
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.flush();
  }
}
