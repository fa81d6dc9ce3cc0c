import { AmqpError } from '../errors.ts';
import type { Begin, Flow } from '../frames/performatives.ts';
import { distance, plus } from '../serial.ts';

/** How many transfer frames each side of a session may still send, part 2 §2.5.6. */
export class Windows {
  readonly #size: number;
  #nextIncomingId: number;
  /** Frames that the peer may still send. */
  #incoming: number;
  /** Ours begin with 0. */
  #nextOutgoingId = 0;
  #outgoing: number;

  constructor(size: number, { nextOutgoingId, incomingWindow }: Begin) {
    this.#size = size;
    this.#incoming = size;
    this.#nextIncomingId = nextOutgoingId;
    this.#outgoing = incomingWindow;
  }

  /** Frames that may still be sent. */
  get outgoing(): number {
    return this.#outgoing;
  }

  sent(): void {
    this.#nextOutgoingId = plus(this.#nextOutgoingId, 1);
    this.#outgoing -= 1;
  }

  /** A frame has come. Throws AmqpError if the window was closed. */
  received(): void {
    if (this.#incoming === 0)
      throw new AmqpError('amqp:session:window-violation', `More than ${this.#size} transfer frames without a flow`);
    this.#incoming -= 1;
    this.#nextIncomingId = plus(this.#nextIncomingId, 1);
  }

  /** True once the peer should hear that it may send more. */
  get isHalfUsed(): boolean {
    return this.#incoming <= this.#size / 2;
  }

  /** What the peer says of its own window: it may not know yet what is on the way to it. */
  update({ nextIncomingId = 0, incomingWindow }: Flow): void {
    const underway = distance(nextIncomingId, this.#nextOutgoingId);
    this.#outgoing = Math.max(0, incomingWindow - underway);
  }

  /** What a begin says of ours. */
  begin(): Pick<Begin, 'incomingWindow' | 'nextOutgoingId' | 'outgoingWindow'> {
    return { incomingWindow: this.#size, nextOutgoingId: this.#nextOutgoingId, outgoingWindow: this.#size };
  }

  /** What a flow says of ours, which is open again then. */
  state(): Pick<Flow, 'nextIncomingId' | 'incomingWindow' | 'nextOutgoingId' | 'outgoingWindow'> {
    this.#incoming = this.#size;
    return {
      nextIncomingId: this.#nextIncomingId,
      incomingWindow: this.#size,
      nextOutgoingId: this.#nextOutgoingId,
      outgoingWindow: this.#size,
    };
  }
}
