import type { StreamEvent } from '../../../hub/event-stream/stream-event.ts';
import { encodeEvent } from './encode-event.ts';

/** Bytes of events that are at hand: of some thousand events. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The bytes of the events that were read last, so that all readers of an event share them. */
export class EncodedEvents {
  /** In the order in which they were made. */
  readonly #bytes = new Map<StreamEvent, Buffer>();
  #size = 0;

  of(event: StreamEvent): Buffer {
    const known = this.#bytes.get(event);
    if (known !== undefined) return known;
    const bytes = encodeEvent(event);
    this.#bytes.set(event, bytes);
    this.#size += bytes.length;
    if (this.#size > MOST_BYTES) this.#forget();
    return bytes;
  }

  #forget(): void {
    for (const [event, { length }] of this.#bytes) {
      this.#bytes.delete(event);
      this.#size -= length;
      if (this.#size <= MOST_BYTES) return;
    }
  }
}
