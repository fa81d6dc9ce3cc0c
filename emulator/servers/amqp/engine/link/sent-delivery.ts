import type { OutgoingDelivery } from '../application.ts';
import type { Outcome } from '../frames/states.ts';

const NOTHING: Buffer = Buffer.alloc(0);

/** The link that a delivery is sent on. */
export interface SendingEnd {
  readonly handle: number;
  /** The outcome of a delivery that is settled without one. */
  readonly defaultOutcome: Outcome;
  /** Handles the outcome. Returns the outcome for the answer, if the peer waits for one. */
  settled(delivery: SentDelivery, outcome: Outcome): Outcome;
  forget(delivery: SentDelivery): void;
}

export interface SentParts {
  readonly tag: Buffer;
  readonly format: number;
  readonly isSettled: boolean;
  /** Delivery annotations for this reader; empty if there are none. */
  readonly prefix: Buffer;
  readonly bytes: Buffer;
}

/** A message to the peer: queued, partly sent, or sent and waiting for its outcome. */
export class SentDelivery implements OutgoingDelivery {
  readonly link: SendingEnd;
  readonly tag: Buffer;
  readonly format: number;
  readonly isSettled: boolean;
  prefix: Buffer;
  bytes: Buffer;
  /** Set when the first frame is sent. */
  id = 0;
  /** Bytes sent so far. */
  offset = 0;
  /** True from the first frame on. */
  hasBegun = false;
  isPending: boolean;

  constructor(link: SendingEnd, { tag, format, isSettled, prefix, bytes }: SentParts) {
    this.link = link;
    this.tag = tag;
    this.format = format;
    this.isSettled = isSettled;
    this.isPending = !isSettled;
    this.prefix = prefix;
    this.bytes = bytes;
  }

  get size(): number {
    return this.prefix.length + this.bytes.length;
  }

  /** Everything is sent: only the tag is still needed. */
  release(): void {
    this.prefix = NOTHING;
    this.bytes = NOTHING;
  }

  forget(): void {
    this.link.forget(this);
  }
}
