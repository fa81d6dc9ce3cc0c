import type { Hub } from '../../../hub/hub.ts';
import type { FeedbackDelivery } from '../../../hub/messaging/feedback.ts';
import { settlementOf } from '../cloud-to-device.ts';
import type { OutgoingDelivery, OutgoingLink } from '../engine/application.ts';
import { timestamp, uuid, type Value } from '../engine/codec/values.ts';
import type { Outcome } from '../engine/frames/states.ts';
import type { Message as AmqpMessage } from '../engine/message/message.ts';
import { translated } from '../errors.ts';
import { tagOf } from '../outbound.ts';
import { sendOrDetach } from '../send-or-detach.ts';

/** Sends feedback on one link of a service app. */
export class FeedbackLink {
  readonly #hub: Hub;
  readonly #link: OutgoingLink;
  /** Lock tokens of the deliveries whose outcomes are awaited. */
  readonly #pending = new Map<OutgoingDelivery, string>();
  readonly #stop: () => void;

  constructor(hub: Hub, link: OutgoingLink) {
    this.#hub = hub;
    this.#link = link;
    this.#stop = hub.feedback.read({
      credit: () => link.available,
      deliver: (batch) => this.#send(batch),
    });
  }

  pull(): void {
    this.#hub.feedback.pull();
  }

  /** Throws AmqpError if the lock has run out. */
  settled(delivery: OutgoingDelivery, outcome: Outcome): void {
    const lockToken = this.#pending.get(delivery);
    if (lockToken === undefined) return;
    this.#pending.delete(delivery);
    translated(() => this.#hub.feedback[settlementOf(outcome)](lockToken));
  }

  end(): void {
    this.#pending.clear();
    this.#stop();
  }

  #send(batch: FeedbackDelivery): void {
    const { token } = batch.lock;
    const message = feedbackMessage(batch, this.#hub.hostName);
    const delivery = sendOrDetach(this.#link, message, { tag: tagOf(token) });
    if (delivery === undefined) return; // the end of the link has released the batch
    if (delivery.isPending) this.#pending.set(delivery, token);
    else if (this.#link.isAttached) this.#hub.feedback.complete(token);
  }
}

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d#message-feedback */
const feedbackMessage = ({ item, enqueuedAt, lock }: FeedbackDelivery, hostName: string): AmqpMessage => ({
  messageAnnotations: new Map<string, Value>([
    ['iothub-enqueuedtime', timestamp(enqueuedAt)],
    ['x-opt-lock-token', uuid(lock.token)],
  ]),
  properties: {
    userId: Buffer.from(hostName),
    contentType: 'application/vnd.microsoft.iothub.feedback.json',
  },
  body: { type: 'data', data: Buffer.from(JSON.stringify(item)) },
});
