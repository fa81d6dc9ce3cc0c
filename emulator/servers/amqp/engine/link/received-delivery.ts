import type { IncomingDelivery, IncomingLink } from '../application.ts';
import type { AmqpError } from '../errors.ts';
import { ACCEPTED, type Outcome, RELEASED } from '../frames/states.ts';
import { decodeBatch, decodeMessage } from '../message/decode.ts';
import { MESSAGE_FORMAT, type Message } from '../message/message.ts';

/** The link that a delivery came on. */
export interface ReceivingEnd extends IncomingLink {
  readonly isOver: boolean;
  settled(id: number, outcome: Outcome): void;
}

export interface ReceivedParts {
  readonly id: number;
  readonly tag: Buffer;
  readonly format: number;
  readonly payload: Buffer;
  readonly isSettled: boolean;
}

/** A whole message from the peer. */
export class ReceivedDelivery implements IncomingDelivery {
  readonly link: ReceivingEnd;
  readonly id: number;
  readonly tag: Buffer;
  readonly format: number;
  readonly payload: Buffer;
  #isSettled: boolean;

  constructor(link: ReceivingEnd, { id, tag, format, payload, isSettled }: ReceivedParts) {
    this.link = link;
    this.id = id;
    this.tag = tag;
    this.format = format;
    this.payload = payload;
    this.#isSettled = isSettled;
  }

  get isSettled(): boolean {
    return this.#isSettled || this.link.isOver;
  }

  messages(): readonly Message[] {
    return this.format === MESSAGE_FORMAT.batch ? decodeBatch(this.payload) : [decodeMessage(this.payload)];
  }

  accept(): void {
    this.settle(ACCEPTED);
  }

  reject(error: AmqpError): void {
    this.settle({ type: 'rejected', error });
  }

  release(): void {
    this.settle(RELEASED);
  }

  settle(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.link.settled(this.id, outcome);
  }
}
