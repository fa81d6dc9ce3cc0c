import type { EventStream } from '../../../hub/event-stream/event-stream.ts';
import { PartitionReader } from '../../../hub/event-stream/partition-reader.ts';
import type { StreamPosition } from '../../../hub/event-stream/position.ts';
import type { PartitionName } from '../../../hub/event-stream/stream-event.ts';
import type { OutgoingLink } from '../engine/application.ts';
import { long, timestamp, type Value } from '../engine/codec/values.ts';
import type { AmqpError } from '../engine/errors.ts';
import { encodeDeliveryAnnotations } from '../engine/message/encode.ts';
import { sendOrDetach } from '../send-or-detach.ts';
import type { EncodedEvents } from './encoded-events.ts';

/** How many events are taken at a time. */
const BATCH = 100;

/** A link asks by this capability for how far the partition has come, with every event. */
const RUNTIME_METRIC = 'com.microsoft:enable-receiver-runtime-metric';

/** Sends the events of a partition on one link, as fast as the peer asks for them. */
export class EventReader {
  readonly #stream: EventStream;
  readonly #name: PartitionName;
  readonly #link: OutgoingLink;
  readonly #reader: PartitionReader;
  readonly #encoded: EncodedEvents;
  readonly #now: () => number;
  readonly #isMeasured: boolean;
  readonly #stop: () => void;
  #sent = 0;

  /** `now`: ms since 1970 on the hub's clock. `refusal`: why the event hub cannot be read any more. */
  constructor(
    {
      stream,
      encoded,
      now,
    }: { readonly stream: EventStream; readonly encoded: EncodedEvents; readonly now: () => number },
    {
      name,
      position,
      refusal,
    }: {
      readonly name: PartitionName;
      readonly position: StreamPosition;
      readonly refusal: () => AmqpError | undefined;
    },
    link: OutgoingLink,
  ) {
    this.#stream = stream;
    this.#encoded = encoded;
    this.#now = now;
    this.#name = name;
    this.#link = link;
    this.#isMeasured = link.desiredCapabilities.includes(RUNTIME_METRIC);
    this.#reader = new PartitionReader(stream, name, position);
    this.#stop = this.#reader.follow(() => {
      const error = refusal();
      if (error === undefined) this.pump();
      else link.detach(error);
    });
  }

  /** Sends what there is, up to the peer's credit. */
  pump(): void {
    while (this.#link.isAttached && this.#link.available > 0) {
      const events = this.#reader.take(Math.min(BATCH, this.#link.available));
      if (events.length === 0) return;
      const metric = this.#isMeasured ? { deliveryAnnotations: this.#metric() } : {};
      for (const event of events)
        sendOrDetach(this.#link, this.#encoded.of(event), { tag: this.#nextTag(), ...metric });
    }
  }

  end(): void {
    this.#stop();
  }

  #nextTag(): Buffer {
    const tag = Buffer.allocUnsafe(4);
    tag.writeUInt32BE(this.#sent++ >>> 0);
    return tag;
  }

  #metric(): Buffer {
    const { sequenceNumber, offset, enqueuedAt } = this.#stream.end(this.#name);
    return encodeDeliveryAnnotations(
      new Map<string, Value>([
        ['last_enqueued_sequence_number', long(sequenceNumber)],
        ['last_enqueued_offset', String(offset)],
        ['last_enqueued_time_utc', timestamp(enqueuedAt)],
        ['runtime_info_retrieval_time_utc', timestamp(this.#now())],
      ]),
    );
  }
}
