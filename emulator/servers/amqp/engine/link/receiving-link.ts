import type { AmqpApplication, IncomingHandler } from '../application.ts';
import { AmqpError, attempt } from '../errors.ts';
import type { Attach, Flow, Transfer } from '../frames/performatives.ts';
import type { Outcome } from '../frames/states.ts';
import { plus } from '../serial.ts';
import { LinkBase } from './link-base.ts';
import type { LinkSession } from './link-session.ts';
import { ReceivedDelivery, type ReceivedParts, type ReceivingEnd } from './received-delivery.ts';
import { Unfinished } from './unfinished.ts';

const NO_TAG = Buffer.alloc(0);

/** Our end of a link on which the peer sends, part 2 §2.6. */
export class ReceivingLink extends LinkBase<IncomingHandler> implements ReceivingEnd {
  readonly direction = 'incoming';
  #handler: IncomingHandler | undefined;
  #deliveryCount: number;
  #credit = 0;
  #unsettled = 0;
  #unfinished: Unfinished | undefined;

  constructor(session: LinkSession, attach: Attach) {
    super(session, attach, attach.target?.address);
    this.#deliveryCount = attach.initialDeliveryCount ?? 0;
  }

  get handler(): IncomingHandler | undefined {
    return this.#handler;
  }

  get maxMessageSize(): number {
    return this.#handler?.maxMessageSize ?? this.session.limits.messageSize;
  }

  get #window(): number {
    return this.#handler?.credit ?? this.session.limits.credit;
  }

  ask(application: AmqpApplication): boolean {
    const handler = application.attachIncoming(this);
    if (handler !== undefined) this.accepted(handler);
    return handler !== undefined;
  }

  protected accepted(handler: IncomingHandler): void {
    this.#handler = handler;
  }

  override attached(): void {
    super.attached();
    if (this.isAttached && this.#window > 0) this.#giveCredit();
  }

  /** Part 2 §2.6.7. The credit is limited so that at most `#window` deliveries are unsettled. */
  #giveCredit(): void {
    this.#credit = this.#window - this.#unsettled;
    this.session.writeFlow(this.#state());
  }

  #giveMoreCredit(): void {
    if (this.isAttached && this.#window - this.#credit - this.#unsettled >= this.#window / 2) this.#giveCredit();
  }

  protected flow({ echo = false }: Flow): void {
    if (echo) this.session.writeFlow(this.#state());
  }

  #state(): Partial<Flow> {
    return { handle: this.handle, deliveryCount: this.#deliveryCount, linkCredit: this.#credit };
  }

  /** Handles a frame of a delivery, part 2 §2.7.5. Throws AmqpError to detach the link. */
  transfer(transfer: Transfer, piece: Buffer): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined) this.#first(transfer, piece);
    else if (transfer.deliveryId !== undefined && transfer.deliveryId !== unfinished.id)
      throw new AmqpError('amqp:not-allowed', 'A delivery begins before the last one on its link is complete');
    else this.#continue(unfinished, transfer, piece);
  }

  #first(transfer: Transfer, piece: Buffer): void {
    const { deliveryId: id, deliveryTag: tag = NO_TAG, messageFormat: format = 0, isSettled = false } = transfer;
    if (id === undefined)
      throw new AmqpError('amqp:invalid-field', 'The first transfer of a delivery must contain delivery-id');
    if (tag.length > this.session.limits.deliveryTagLength)
      throw new AmqpError(
        'amqp:invalid-field',
        `A delivery tag has at most ${this.session.limits.deliveryTagLength} bytes`,
      );
    this.#useCredit();
    if (transfer.isAborted === true) this.#giveMoreCredit();
    else if (transfer.hasMore === true) {
      this.#unfinished = new Unfinished({ id, tag, format, isSettled });
      this.#collect(this.#unfinished, piece);
    } else {
      this.#checkSize(piece.length);
      this.#deliver({ id, tag, format, isSettled, payload: piece });
    }
  }

  #useCredit(): void {
    if (this.#credit === 0)
      throw new AmqpError('amqp:link:transfer-limit-exceeded', 'The delivery exceeds the credit of the link');
    this.#credit -= 1;
    this.#deliveryCount = plus(this.#deliveryCount, 1);
  }

  #continue(unfinished: Unfinished, transfer: Transfer, piece: Buffer): void {
    if (transfer.isAborted === true) {
      this.release();
      this.#giveMoreCredit();
      return;
    }
    if (transfer.isSettled === true) unfinished.isSettled = true;
    this.#collect(unfinished, piece);
    if (transfer.hasMore === true) return;
    this.release();
    const { id, tag, format, isSettled, payload } = unfinished;
    this.#deliver({ id, tag, format, isSettled, payload });
  }

  #collect(unfinished: Unfinished, piece: Buffer): void {
    this.#checkSize(unfinished.length + piece.length);
    const before = unfinished.size;
    unfinished.add(piece);
    this.session.usage.unfinished(unfinished.size - before);
  }

  #checkSize(size: number): void {
    if (size > this.maxMessageSize)
      throw new AmqpError(
        'amqp:link:message-size-exceeded',
        `The link accepts messages of at most ${this.maxMessageSize} bytes`,
      );
  }

  #deliver(parts: ReceivedParts): void {
    const delivery = new ReceivedDelivery(this, parts);
    if (!parts.isSettled) this.#unsettled += 1;
    attempt(
      () => this.#handler?.message(delivery),
      (error) => delivery.reject(error),
    );
    if (parts.isSettled) this.#giveMoreCredit();
  }

  settled(id: number, outcome: Outcome): void {
    this.#unsettled -= 1;
    if (!this.isAttached) return;
    this.session.acknowledge(id, true, outcome);
    this.#giveMoreCredit();
  }

  /** Drops a message that is not complete. */
  protected override release(): void {
    if (this.#unfinished !== undefined) this.session.usage.unfinished(-this.#unfinished.size);
    this.#unfinished = undefined;
  }
}
