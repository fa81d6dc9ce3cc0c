import type { Encoder } from '../codec/encoder.ts';
import type { FieldType } from '../codec/fields.ts';
import { AmqpError } from '../errors.ts';

/**
 * Frames, OASIS AMQP 1.0 part 2, transport, §2.3: size, data offset in words of four bytes, type, channel, and a body.
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html#section-framing
 */
export const FRAME_TYPE = { amqp: 0, sasl: 1 } as const;

export const HEADER_LENGTH = 8;
const WORD = 4;
const DATA_OFFSET = HEADER_LENGTH / WORD;

/** The body lies in `bytes` from `start` to `end`; it is empty if the frame is a heartbeat. */
export interface Frame {
  readonly channel: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const NOTHING = Buffer.alloc(0);

/** Splits the input into protocol headers and frames. Keeps at most one incomplete frame and one chunk. */
export class FrameReader {
  #bytes: Buffer = NOTHING;
  #at = 0;
  #end = 0;
  /** True if `#bytes` was allocated here: bytes can be appended at `#end`. */
  #isOwn = false;

  push(chunk: Buffer): void {
    const left = this.#end - this.#at;
    if (left === 0) this.#hold(chunk, chunk.length, false);
    else {
      if (!this.#isOwn || this.#bytes.length - this.#end < chunk.length) this.#grow(left, chunk.length);
      chunk.copy(this.#bytes, this.#end);
      this.#end += chunk.length;
    }
  }

  /** The next 8 bytes; undefined if they are not there yet. */
  header(): Buffer | undefined {
    if (this.#end - this.#at < HEADER_LENGTH) return undefined;
    return this.#bytes.subarray(this.#at, this.#pass(HEADER_LENGTH));
  }

  /** The next frame of `type`; undefined if it is not there yet. Throws AmqpError for one that is not well formed. */
  frame(type: number, mostBytes: number): Frame | undefined {
    const start = this.#at;
    if (this.#end - start < HEADER_LENGTH) return undefined;
    const bytes = this.#bytes;
    const size = bytes.readUInt32BE(start);
    if (size < HEADER_LENGTH || size > mostBytes)
      throw framingError(`A frame of ${size} bytes; at most ${mostBytes} are accepted`);
    if (this.#end - start < size) return undefined;
    const offset = (bytes[start + 4] ?? 0) * WORD;
    if (offset < HEADER_LENGTH || offset > size)
      throw framingError(`A frame of ${size} bytes whose body begins at ${offset}`);
    if (bytes[start + 5] !== type)
      throw framingError(`Expected a frame of type ${type}, found type ${bytes[start + 5]}`);
    return { channel: bytes.readUInt16BE(start + 6), bytes, start: start + offset, end: this.#pass(size) };
  }

  #pass(count: number): number {
    const end = this.#at + count;
    this.#at = end;
    if (end === this.#end) this.#hold(NOTHING, 0, false);
    return end;
  }

  #hold(bytes: Buffer, end: number, isOwn: boolean): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = end;
    this.#isOwn = isOwn;
  }

  /** Doubles the size, so that a frame that arrives byte by byte is not copied for every byte. */
  #grow(left: number, more: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(left + more, 2 * left));
    this.#bytes.copy(bytes, 0, this.#at, this.#end);
    this.#hold(bytes, left, true);
  }
}

const framingError = (description: string): AmqpError => new AmqpError('amqp:connection:framing-error', description);

/** Begins a frame. Returns what `endFrame` wants. */
export const beginFrame = (encoder: Encoder, type: number, channel: number): number => {
  const mark = encoder.length;
  encoder.uint32(0);
  encoder.uint32(((DATA_OFFSET << 24) | (type << 16) | channel) >>> 0);
  return mark;
};

export const endFrame = (encoder: Encoder, mark: number): void => encoder.setUint32(encoder.length - mark, mark);

/** Writes a frame that holds one performative and nothing else. */
export const writeFrame = <T>(
  encoder: Encoder,
  kind: FieldType<T>,
  frame: { channel: number; type: number; fields: T },
): void => {
  const mark = beginFrame(encoder, frame.type, frame.channel);
  kind.write(encoder, frame.fields);
  endFrame(encoder, mark);
};
