import type { Hub } from '../../../hub/hub.ts';
import type { FeedbackBatch } from '../../../hub/messaging/feedback-record.ts';
import type { Locked } from '../../../hub/messaging/locked-queue.ts';
import type { NoticeReader } from '../../../hub/messaging/notices.ts';
import { settlementOf } from '../cloud-to-device.ts';
import type { OutgoingDelivery, OutgoingLink } from '../engine/application.ts';
import { timestamp, uuid, type Value } from '../engine/codec/values.ts';
import type { Outcome } from '../engine/frames/states.ts';
import type { Message as AmqpMessage } from '../engine/message/message.ts';
import { translated } from '../errors.ts';
import { tagOf } from '../outbound.ts';
import { sendOrDetach } from '../send-or-detach.ts';

/** What the hub tells service apps, each notice under a lock. */
interface NoticeQueue<T> {
  read(reader: NoticeReader<T>): void;
  leave(reader: NoticeReader<T>): void;
  pull(): void;
  complete(lockToken: string): void;
  reject(lockToken: string): void;
  abandon(lockToken: string): void;
  release(lockToken: string): void;
}

/** Sends notices on one link of a service app. */
export class NoticeLink<T> {
  readonly #queue: NoticeQueue<T>;
  readonly #link: OutgoingLink;
  readonly #messageOf: (notice: Locked<T>) => AmqpMessage;
  /** Lock tokens of the deliveries whose outcomes are awaited. */
  readonly #pending = new Map<OutgoingDelivery, string>();
  readonly #reader: NoticeReader<T>;

  constructor(queue: NoticeQueue<T>, link: OutgoingLink, messageOf: (notice: Locked<T>) => AmqpMessage) {
    this.#queue = queue;
    this.#link = link;
    this.#messageOf = messageOf;
    this.#reader = { credit: () => link.available, deliver: (notice) => this.#send(notice) };
    queue.read(this.#reader);
  }

  pull(): void {
    this.#queue.pull();
  }

  /** Throws AmqpError if the lock has run out. */
  settled(delivery: OutgoingDelivery, outcome: Outcome): void {
    const lockToken = this.#pending.get(delivery);
    if (lockToken === undefined) return;
    this.#pending.delete(delivery);
    translated(() => this.#queue[settlementOf(outcome)](lockToken));
  }

  end(): void {
    this.#pending.clear();
    this.#queue.leave(this.#reader);
  }

  #send(notice: Locked<T>): void {
    const { token } = notice.lock;
    const delivery = sendOrDetach(this.#link, this.#messageOf(notice), { tag: tagOf(token) });
    if (delivery === undefined) return; // the end of the link has released the notice
    if (delivery.isPending) this.#pending.set(delivery, token);
    else if (this.#link.isAttached) this.#queue.complete(token);
  }
}

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d#message-feedback */
export const feedbackLink = ({ feedback, hostName }: Hub, link: OutgoingLink): NoticeLink<FeedbackBatch> =>
  new NoticeLink(feedback, link, (batch) => messageOf(batch, hostName, FEEDBACK_TYPE));

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload#service-file-upload-notifications */
export const fileNotificationLink = ({ files, hostName }: Hub, link: OutgoingLink) =>
  new NoticeLink(files.notifications, link, (notice) => messageOf(notice, hostName, FILE_NOTIFICATION_TYPE));

const FEEDBACK_TYPE = 'application/vnd.microsoft.iothub.feedback.json';
// UNCERTAIN: no source has the type of the service
const FILE_NOTIFICATION_TYPE = 'application/json; charset=utf-8';

const messageOf = (
  { item, enqueuedAt, lock }: Locked<unknown>,
  hostName: string,
  contentType: string,
): AmqpMessage => ({
  messageAnnotations: new Map<string, Value>([
    ['iothub-enqueuedtime', timestamp(enqueuedAt)],
    ['x-opt-lock-token', uuid(lock.token)],
  ]),
  properties: { userId: Buffer.from(hostName), contentType },
  body: { type: 'data', data: Buffer.from(JSON.stringify(item)) },
});
