import type { AmqpApplication, OutgoingDelivery, OutgoingHandler, OutgoingLink, SendOptions } from '../application.ts';
import { AmqpError, attempt } from '../errors.ts';
import type { Attach, Flow } from '../frames/performatives.ts';
import { type Outcome, RELEASED } from '../frames/states.ts';
import { encodeMessage } from '../message/encode.ts';
import { MESSAGE_FORMAT, type Message } from '../message/message.ts';
import { distance, plus } from '../serial.ts';
import { LinkBase } from './link-base.ts';
import type { LinkSession } from './link-session.ts';
import { type SendingEnd, SentDelivery } from './sent-delivery.ts';

const NOTHING = Buffer.alloc(0);
/** Part 2 §2.8.2. */
const SETTLED = 1;
const HALF = 0x8000_0000;

/** Our end of a link on which the peer receives, part 2 §2.6. Each has its own queue: a link never waits for another one. */
export class SendingLink extends LinkBase<OutgoingHandler> implements OutgoingLink, SendingEnd {
  readonly direction = 'outgoing';
  readonly settlesOnSend: boolean;
  /** The largest message that the peer accepts. */
  readonly #mostBytes: number;
  #handler: OutgoingHandler | undefined;
  #credit = 0;
  #deliveryCount = 0;
  #queue: SentDelivery[] = [];
  #queuedSize = 0;
  #unsettled = 0;
  #isDraining = false;

  constructor(session: LinkSession, attach: Attach) {
    super(session, attach, attach.source?.address);
    this.settlesOnSend = attach.senderSettleMode === SETTLED;
    this.#mostBytes = Number(attach.maxMessageSize ?? 0) || Number.POSITIVE_INFINITY;
  }

  get handler(): OutgoingHandler | undefined {
    return this.#handler;
  }

  ask(application: AmqpApplication): boolean {
    const handler = application.attachOutgoing(this);
    if (handler !== undefined) this.accepted(handler);
    return handler !== undefined;
  }

  protected accepted(handler: OutgoingHandler): void {
    this.#handler = handler;
  }

  /** Has no meaning for the sender of a link, but some clients require a number. */
  get maxMessageSize(): number {
    return this.session.limits.messageSize;
  }

  /** The default outcome of the source, part 3 §3.5.3; released if there is none, so that no message is lost. */
  get defaultOutcome(): Outcome {
    const outcome = this.source?.defaultOutcome;
    return outcome === undefined || outcome.type === 'received' ? RELEASED : outcome;
  }

  get available(): number {
    if (!this.isAttached || this.#queue.length > 0) return 0;
    return Math.max(0, Math.min(this.#credit, this.session.sendable, this.#unsettledRoom));
  }

  get #unsettledRoom(): number {
    if (this.settlesOnSend) return Number.POSITIVE_INFINITY;
    const { limits, usage } = this.session;
    return Math.min((this.#handler?.maxUnsettled ?? limits.unsettled) - this.#unsettled, usage.unsettledRoom);
  }

  send(message: Message | Buffer, options: SendOptions): OutgoingDelivery {
    const { deliveryTagLength } = this.session.limits;
    if (options.tag.length > deliveryTagLength) throw new RangeError(`A tag has at most ${deliveryTagLength} bytes`);
    const delivery = new SentDelivery(this, {
      tag: options.tag,
      format: MESSAGE_FORMAT.standard,
      isSettled: this.settlesOnSend || options.isSettled === true,
      prefix: options.deliveryAnnotations ?? NOTHING,
      bytes: Buffer.isBuffer(message) ? message : encodeMessage(message),
    });
    if (delivery.size > this.#mostBytes)
      throw new AmqpError(
        'amqp:link:message-size-exceeded',
        `The peer accepts messages of at most ${this.#mostBytes} bytes`,
      );
    if (this.isOver) delivery.isPending = false;
    else this.#enqueue(delivery);
    return delivery;
  }

  #enqueue(delivery: SentDelivery): void {
    this.#queue.push(delivery);
    this.#queuedSize += delivery.size;
    this.#pump();
    const { queued, queuedSize } = this.session.limits;
    if (this.#queue.length > queued || this.#queuedSize > queuedSize)
      this.detach(new AmqpError('amqp:resource-limit-exceeded', 'Too many messages wait for credit on this link'));
  }

  /** Part 2 §2.6.7. */
  protected flow({ deliveryCount = 0, linkCredit, drain = false, echo = false }: Flow): void {
    if (linkCredit !== undefined) {
      // messages that the peer has not received yet have used a part of this credit
      const underway = distance(deliveryCount, this.#deliveryCount);
      this.#credit = underway < HALF ? Math.max(0, linkCredit - underway) : linkCredit;
    }
    this.#isDraining = drain;
    this.resume();
    if (echo && !drain && this.isAttached) this.session.writeFlow(this.#state());
  }

  /** Sends queued messages, and tells the application if more can be sent. */
  resume(): void {
    this.#pump();
    if (this.available > 0) this.#handler?.credit?.(this, this.#isDraining);
    if (this.#isDraining && this.isAttached && this.#queue.length === 0) this.#drain();
  }

  /** Part 2 §2.6.7: the rest of the credit is used up. */
  #drain(): void {
    this.#isDraining = false;
    this.#deliveryCount = plus(this.#deliveryCount, this.#credit);
    this.#credit = 0;
    this.session.writeFlow({ ...this.#state(), drain: true });
  }

  #state(): Partial<Flow> {
    return {
      handle: this.handle,
      deliveryCount: this.#deliveryCount,
      linkCredit: this.#credit,
      available: this.#queue.length,
    };
  }

  #pump(): void {
    for (let head = this.#queue[0]; head !== undefined && this.#maySend(head); head = this.#queue[0]) {
      if (!head.hasBegun) this.#begin(head);
      this.session.transfer(head);
      if (head.offset === head.size) {
        this.#queue.shift();
        this.#queuedSize -= head.size;
        head.release();
      }
    }
  }

  #maySend(head: SentDelivery): boolean {
    if (!this.isAttached || this.session.sendable === 0) return false;
    return head.hasBegun || (this.#credit > 0 && (head.isSettled || this.#unsettledRoom > 0));
  }

  #begin(delivery: SentDelivery): void {
    delivery.hasBegun = true;
    this.session.begin(delivery);
    this.#credit -= 1;
    this.#deliveryCount = plus(this.#deliveryCount, 1);
    if (!delivery.isSettled) this.#unsettled += 1;
  }

  settled(delivery: SentDelivery, outcome: Outcome): Outcome {
    const wasFull = this.#unsettledRoom <= 0;
    this.#settle(delivery);
    const answer = this.#answer(delivery, outcome);
    if (wasFull) this.resume();
    return answer;
  }

  #answer(delivery: SentDelivery, outcome: Outcome): Outcome {
    let answer = outcome;
    attempt(
      () => this.#handler?.settled?.(delivery, outcome),
      (error) => {
        answer = { type: 'rejected', error };
      },
    );
    return answer;
  }

  #settle(delivery: SentDelivery): void {
    this.session.forget(delivery);
    this.#unsettled -= 1;
  }

  forget(delivery: SentDelivery): void {
    if (!delivery.isPending) return;
    if (delivery.hasBegun) this.#settle(delivery);
    else {
      delivery.isPending = false;
      this.#queue = this.#queue.filter((queued) => queued !== delivery);
      this.#queuedSize -= delivery.size;
    }
  }

  protected override release(): void {
    for (const delivery of this.session.unsettledOf(this)) this.#settle(delivery);
    for (const delivery of this.#queue) delivery.isPending = false;
    this.#queue = [];
    this.#queuedSize = 0;
  }
}
