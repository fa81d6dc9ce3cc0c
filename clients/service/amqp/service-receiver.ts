import { EventEmitter } from 'node:events';
import type { Message as RheaMessage } from 'rhea';
import { amqpError } from '../../shared/amqp/error.ts';
import { messageOf } from '../../shared/amqp/message.ts';
import type { AmqpReceiver, Outcome } from '../../shared/amqp/receiver.ts';
import { type Callback, type ErrorCallback, settle } from '../../shared/callback.ts';
import type { Message } from '../../shared/message.ts';
import { MessageAbandoned, MessageCompleted, MessageRejected } from '../../shared/results.ts';

/**
 * Receives feedback or file notifications. Emits `message` (Message), and `error` if the hub ends the link or the connection is
 * lost; ask the client for another one then. The hub sends nothing before there is a listener for `message`.
 */
export class ServiceReceiver extends EventEmitter {
  readonly #receiver: AmqpReceiver;

  /** @internal */
  constructor(receiver: AmqpReceiver) {
    super();
    this.#receiver = receiver;
    this.on('error', () => undefined); // as azure-iothub's transport listens
    receiver.on('message', (message: RheaMessage) => this.emit('message', messageOf(message)));
    receiver.on('closed', (error: unknown) => this.emit('error', amqpError('The hub has ended the link', error)));
    this.on('newListener', (event) => {
      if (event === 'message') queueMicrotask(() => receiver.start());
    });
  }

  /** Removes the message from the queue. Rejects with DeviceMessageLockLostError if the link has ended since it came. */
  complete(message: Message, done: Callback<MessageCompleted>): void;
  complete(message: Message): Promise<MessageCompleted>;
  complete(message: Message, done?: Callback<MessageCompleted>) {
    return settle(() => this.#settle(message, 'accept', new MessageCompleted()), done);
  }

  /** Gives the message back: the hub delivers it again. */
  abandon(message: Message, done: Callback<MessageAbandoned>): void;
  abandon(message: Message): Promise<MessageAbandoned>;
  abandon(message: Message, done?: Callback<MessageAbandoned>) {
    return settle(() => this.#settle(message, 'release', new MessageAbandoned()), done);
  }

  /** Removes the message from the queue as undeliverable. */
  reject(message: Message, done: Callback<MessageRejected>): void;
  reject(message: Message): Promise<MessageRejected>;
  reject(message: Message, done?: Callback<MessageRejected>) {
    return settle(() => this.#settle(message, 'reject', new MessageRejected()), done);
  }

  /** Ends the link. */
  detach(callback: ErrorCallback): void;
  detach(): Promise<void>;
  detach(callback?: ErrorCallback) {
    return settle(() => this.#receiver.close(), callback);
  }

  /** Ends the link without waiting for the hub; with `err` it is emitted as `error`. */
  forceDetach(err?: Error): void {
    void this.#receiver.close();
    if (err) this.emit('error', err);
  }

  async #settle<R>(message: Message, outcome: Outcome, result: R): Promise<R> {
    await this.#receiver.settle(message.transportObj, outcome);
    return result;
  }
}
