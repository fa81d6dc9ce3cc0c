import type { Message } from '../../../protocol/message.ts';

/** The place of an event in its partition. */
export interface EventPlace {
  /** Counts up by one within a partition, from 0. */
  readonly sequenceNumber: number;
  /** Where it begins in its partition, in bytes; grows, with gaps. */
  readonly offset: number;
  /** Milliseconds since 1970 on the hub's clock. */
  readonly enqueuedAt: number;
}

const CHUNK = 64 * 1024;
const LARGE = CHUNK / 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Memory for the events of one partition, one after the other in chunks. As objects, small messages would take several
 * times their bytes. A chunk is released with the last of its events; as a partition loses its oldest events first, only
 * one chunk is held in part.
 */
export class EventMemory {
  #chunk = new Uint8Array(0);
  #used = 0;

  pack(place: EventPlace, message: Message): PackedEvent {
    const text = textOf(message);
    const most = bytesFor(text, message);
    if (most > LARGE) return packInto(new Uint8Array(most), 0, { place, text, message });
    if (this.#chunk.length - this.#used < most) [this.#chunk, this.#used] = [new Uint8Array(CHUNK), 0];
    const event = packInto(this.#chunk, this.#used, { place, text, message });
    this.#used = event.end;
    return event;
  }
}

/** An event with memory of its own. */
export const packAlone = (place: EventPlace, message: Message): PackedEvent => {
  const text = textOf(message);
  return packInto(new Uint8Array(bytesFor(text, message)), 0, { place, text, message });
};

const textOf = ({ properties, system }: Message): string => JSON.stringify({ properties, system });

/** UTF-8 has at most three bytes for each unit of a string. */
const bytesFor = (text: string, { body }: Message): number => 3 * text.length + body.length;

const packInto = (
  chunk: Uint8Array,
  start: number,
  { place, text, message }: { readonly place: EventPlace; readonly text: string; readonly message: Message },
): PackedEvent => {
  const bodyAt = start + encoder.encodeInto(text, chunk.subarray(start)).written;
  chunk.set(message.body, bodyAt);
  return new PackedEvent(place, { chunk, start, bodyAt, end: bodyAt + message.body.length });
};

/** Properties as JSON, then the body. */
interface Packed {
  readonly chunk: Uint8Array;
  readonly start: number;
  readonly bodyAt: number;
  readonly end: number;
}

class PackedEvent implements EventPlace {
  readonly sequenceNumber: number;
  readonly offset: number;
  readonly enqueuedAt: number;
  /** Where it ends in its chunk. */
  readonly end: number;
  readonly #chunk: Uint8Array;
  readonly #start: number;
  readonly #bodyAt: number;

  constructor({ sequenceNumber, offset, enqueuedAt }: EventPlace, { chunk, start, bodyAt, end }: Packed) {
    this.sequenceNumber = sequenceNumber;
    this.offset = offset;
    this.enqueuedAt = enqueuedAt;
    this.end = end;
    this.#chunk = chunk;
    this.#start = start;
    this.#bodyAt = bodyAt;
  }

  get message(): Message {
    const text = decoder.decode(this.#chunk.subarray(this.#start, this.#bodyAt));
    const { properties, system } = JSON.parse(text) as Omit<Message, 'body'>; // written by textOf
    return { body: this.#chunk.slice(this.#bodyAt, this.end), properties, system };
  }
}
