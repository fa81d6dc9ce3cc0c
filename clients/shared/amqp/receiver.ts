import { EventEmitter } from 'node:events';
import type { Delivery, EventContext, Receiver, Message as RheaMessage } from 'rhea';
import { DeviceMessageLockLostError, ServiceUnavailableError } from '../errors.ts';
import type { Answers } from './answers.ts';

/** How a message is settled: it leaves the queue, is undeliverable, or is delivered again. */
export type Outcome = 'accept' | 'reject' | 'release';

/** Messages that the hub may send ahead. */
const CREDIT = 100;

/** A link from the hub. Emits `message` (rhea's message), and `closed` with the hub's error if it ends the link. */
export class AmqpReceiver extends EventEmitter {
  readonly #receiver: Receiver;
  readonly #answers: Answers;
  readonly #deliveries = new Map<unknown, Delivery>();
  #settling: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isClosing = false;

  constructor(receiver: Receiver, answers: Answers) {
    super();
    this.#receiver = receiver;
    this.#answers = answers;
    receiver.on('message', ({ message, delivery }: EventContext) => this.#received(message, delivery));
    receiver.on('receiver_close', () => {
      this.#deliveries.clear();
      if (!this.#isClosing)
        this.emit('closed', receiver.error ?? new ServiceUnavailableError('Receiver Link Detached'));
    });
  }

  /** Resolves when the hub has attached the link, and has not ended it at once. */
  static opened(receiver: Receiver, answers: Answers): Promise<void> {
    receiver.on('receiver_error', () => undefined);
    return answers.wait((resolve, reject) => {
      receiver.once('receiver_open', () => setImmediate(() => receiver.is_open() && resolve()));
      receiver.once('receiver_close', () =>
        reject(receiver.error ?? new ServiceUnavailableError('Receiver Link Detached')),
      );
    });
  }

  get isOpen(): boolean {
    return this.#receiver.is_open();
  }

  /** Takes each message and accepts it. */
  acceptEach(take: (message: RheaMessage) => void): void {
    this.on('message', (message: RheaMessage) => {
      this.settle(message, 'accept').catch(() => undefined); // the link has ended
      take(message);
    });
    this.start();
  }

  /** Lets the hub send; called when somebody listens, so that no message is missed. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#receiver.add_credit(CREDIT);
  }

  /**
   * Rejects with DeviceMessageLockLostError if the message did not come over this link. One message at a time: rhea gives those
   * that are settled together the outcome of the first.
   */
  settle(message: unknown, outcome: Outcome): Promise<void> {
    const settled = this.#settling.then(() => this.#settle(message, outcome));
    this.#settling = settled.then(nextTurn, () => undefined);
    return settled;
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.#isClosing = true;
    await this.#answers
      .wait<void>((resolve) => {
        this.#receiver.once('receiver_close', () => resolve());
        this.#receiver.close();
      })
      .catch(() => undefined); // the connection has ended, and the link with it
  }

  #received(message: RheaMessage | undefined, delivery: Delivery | undefined): void {
    if (message === undefined || delivery === undefined) return;
    this.#receiver.add_credit(1);
    this.#deliveries.set(message, delivery);
    this.emit('message', message);
  }

  #settle(message: unknown, outcome: Outcome): void {
    const delivery = this.#deliveries.get(message);
    if (delivery === undefined || !this.isOpen) throw new DeviceMessageLockLostError();
    this.#deliveries.delete(message);
    delivery[outcome]();
  }
}

const nextTurn = (): Promise<void> => new Promise((done) => setImmediate(done));
