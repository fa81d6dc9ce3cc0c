import type { Delivery, EventContext, Message as RheaMessage, Sender } from 'rhea';
import { ServiceUnavailableError } from '../errors.ts';
import type { Answers } from './answers.ts';

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A link to the hub. */
export class AmqpSender {
  readonly #sender: Sender;
  readonly #answers: Answers;
  readonly #pending = new Map<Delivery, Pending>();

  constructor(sender: Sender, answers: Answers) {
    this.#sender = sender;
    this.#answers = answers;
    sender.on('accepted', ({ delivery }: EventContext) => this.#take(delivery)?.resolve());
    for (const outcome of ['rejected', 'released'])
      sender.on(outcome, ({ delivery }: EventContext) => this.#take(delivery)?.reject(errorOf(delivery)));
    sender.on('sender_close', () => this.#closed());
  }

  /** Resolves when the hub lets us send. */
  static opened(sender: Sender, answers: Answers): Promise<void> {
    sender.on('sender_error', () => undefined);
    return answers.wait((resolve, reject) => {
      sender.once('sendable', () => resolve());
      sender.once('sender_close', () => reject(sender.error ?? new ServiceUnavailableError(DETACHED)));
    });
  }

  get isOpen(): boolean {
    return this.#sender.is_open();
  }

  /** Resolves when the hub has accepted the message; rejects with its error if it has not. */
  send(message: RheaMessage, format?: number): Promise<void> {
    return this.#answers.wait((resolve, reject) => {
      if (!this.isOpen) return reject(new ServiceUnavailableError(DETACHED));
      const delivery = this.#sender.send(message, undefined, format);
      if (delivery.settled) resolve();
      else this.#pending.set(delivery, { resolve, reject });
    });
  }

  #take(delivery: Delivery | undefined): Pending | undefined {
    if (delivery === undefined) return undefined;
    const pending = this.#pending.get(delivery);
    this.#pending.delete(delivery);
    return pending;
  }

  #closed(): void {
    for (const { reject } of this.#pending.values())
      reject(this.#sender.error ?? new ServiceUnavailableError(DETACHED));
    this.#pending.clear();
  }
}

const DETACHED = 'Sender Link Detached'; // text of azure-iothub 1.16.6, sender_link.js

/** A rejection has an error; the hub releases a message if it is too busy. */
const errorOf = (delivery: Delivery | undefined): unknown => {
  const error: unknown = Reflect.get(delivery?.remote_state ?? {}, 'error');
  return error ?? new ServiceUnavailableError('The hub has not taken the message');
};
