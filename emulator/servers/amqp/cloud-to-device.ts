import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Downlink } from '../../hub/messaging/session.ts';
import type { Log } from '../../log.ts';
import type { OutgoingDelivery, OutgoingLink } from './engine/application.ts';
import { AmqpError } from './engine/errors.ts';
import type { Outcome } from './engine/frames/states.ts';
import type { Message as AmqpMessage } from './engine/message/message.ts';
import { translated } from './errors.ts';
import { tagOf } from './outbound.ts';

/** The device or module that messages are sent to. */
interface Receiver {
  readonly hub: Hub;
  readonly key: IdentityKey;
  readonly log: Log;
}

type CloudToDevice = Extract<Downlink, { type: 'c2d' }>;

/** A delivery whose outcome is awaited. */
interface Pending {
  readonly delivery: OutgoingDelivery;
  readonly lockToken: string;
}

/** The outcome of a delivery as its queue knows it. */
export type Settlement = 'complete' | 'reject' | 'abandon';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d */
export const settlementOf = (outcome: Outcome): Settlement => {
  switch (outcome.type) {
    case 'accepted':
      return 'complete';
    case 'rejected':
      return 'reject';
    case 'released':
      return 'abandon';
    case 'modified':
      return outcome.undeliverableHere === true ? 'reject' : 'abandon'; // UNCERTAIN: no SDK sends it
    default:
      return outcome satisfies never;
  }
};

/** Messages from the cloud on one link of a device, until their outcomes arrive. */
export class CloudMessages {
  readonly #to: Receiver;
  readonly #link: OutgoingLink;
  /** By their number in the queue. */
  readonly #pending = new Map<number, Pending>();

  constructor(to: Receiver, link: OutgoingLink) {
    this.#to = to;
    this.#link = link;
  }

  send({ lockToken, sequenceNumber }: CloudToDevice, message: AmqpMessage): void {
    this.#pending.get(sequenceNumber)?.delivery.forget(); // its lock has run out
    try {
      const delivery = this.#link.send(message, { tag: tagOf(lockToken) });
      if (delivery.isPending) this.#pending.set(sequenceNumber, { delivery, lockToken });
      else if (this.#link.isAttached) this.#to.hub.inbox.complete(this.#to.key, lockToken);
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      this.#refused(lockToken, error);
    }
  }

  /** Throws AmqpError if the lock has run out. */
  settled(delivery: OutgoingDelivery, outcome: Outcome): void {
    const found = [...this.#pending].find(([, pending]) => pending.delivery === delivery);
    if (found === undefined) return;
    const [sequenceNumber, { lockToken }] = found;
    this.#pending.delete(sequenceNumber);
    const { hub, key } = this.#to;
    translated(() => hub.inbox[settlementOf(outcome)](key, lockToken));
  }

  /** The link has ended: UNCERTAIN, messages that are not settled are delivered again at once. */
  end(): void {
    for (const { lockToken } of this.#pending.values()) this.#to.hub.inbox.release(this.#to.key, lockToken);
    this.#pending.clear();
  }

  /** The device accepts only smaller messages. */
  #refused(lockToken: string, error: AmqpError): void {
    const { hub, key, log } = this.#to;
    log.warn('Rejected a message in place of the device', {
      device: key,
      cause: error.message,
      remedy: 'send a smaller message, or let the device accept larger ones on its link',
    });
    try {
      hub.inbox.reject(key, lockToken);
    } catch (failure) {
      if (!(failure instanceof HubError)) throw failure;
    }
  }
}
