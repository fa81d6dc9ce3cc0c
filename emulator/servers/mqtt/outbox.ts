/** Something with bytes to send. */
export interface Sender {
  flush(): void;
}

/**
 * Sends what connections have to say once per turn of the event loop: first all that was read is answered, then all is
 * sent. Answers to one device leave as one write, and the peers are woken together instead of one after the other.
 */
export class Outbox {
  #senders: Sender[] = [];

  /** Flushes `sender` when everything that has arrived was handled. */
  add(sender: Sender): void {
    if (this.#senders.push(sender) === 1) setImmediate(() => this.#send());
  }

  #send(): void {
    const senders = this.#senders;
    this.#senders = [];
    for (const sender of senders) sender.flush();
  }
}
