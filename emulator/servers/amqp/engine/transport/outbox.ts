import { Encoder } from '../codec/encoder.ts';

/** Something with bytes to send. */
export interface Flushable {
  flush(): void;
}

const SPARE_ENCODERS = 16;
const LARGE = 256 * 1024;

/**
 * What the connections of an engine share for sending: the list of connections with output, and buffers, so that an idle
 * connection does not need one.
 */
export class Outbox {
  #senders = new Set<Flushable>();
  readonly #spare: Encoder[] = [];

  /** Flushes `sender` after all input of this turn of the event loop, so that its output leaves in one write. */
  add(sender: Flushable): void {
    if (this.#senders.size === 0) setImmediate(() => this.#send());
    this.#senders.add(sender);
  }

  remove(sender: Flushable): void {
    this.#senders.delete(sender);
  }

  borrow(): Encoder {
    return this.#spare.pop() ?? new Encoder();
  }

  giveBack(encoder: Encoder): void {
    encoder.clear();
    if (this.#spare.length < SPARE_ENCODERS && encoder.capacity <= LARGE) this.#spare.push(encoder);
  }

  #send(): void {
    const senders = this.#senders;
    this.#senders = new Set();
    for (const sender of senders) sender.flush();
  }
}
