import type { Encoder } from '../codec/encoder.ts';
import { beginFrame, endFrame, FRAME_TYPE } from '../frames/frame.ts';
import { transfer } from '../frames/performatives.ts';
import type { SentDelivery } from './sent-delivery.ts';

/** Where a delivery goes, in frames of at most `frameSize` bytes. */
export interface Route {
  readonly channel: number;
  readonly handle: number;
  readonly frameSize: number;
}

/** Writes the next frame of a delivery, part 2 §2.6.14, and advances its offset. */
export const writeTransfer = (
  encoder: Encoder,
  delivery: SentDelivery,
  { channel, handle, frameSize }: Route,
): void => {
  const mark = beginFrame(encoder, FRAME_TYPE.amqp, channel);
  writeHead(encoder, delivery, handle, false);
  let end = delivery.size;
  if (encoder.length - mark + end - delivery.offset > frameSize) {
    encoder.length = mark + FRAME_HEADER;
    writeHead(encoder, delivery, handle, true);
    end = delivery.offset + frameSize - (encoder.length - mark);
  }
  writePayload(encoder, delivery, end);
  endFrame(encoder, mark);
};

const FRAME_HEADER = 8;

/** Only the first frame has id, tag and format: some clients take a frame with an id for the first one. */
const writeHead = (encoder: Encoder, delivery: SentDelivery, handle: number, hasMore: boolean): void => {
  const { id, tag, format, isSettled, offset } = delivery;
  const first = offset === 0 ? { deliveryId: id, deliveryTag: tag, messageFormat: format } : {};
  transfer.write(encoder, { handle, ...first, isSettled, hasMore });
};

const writePayload = (encoder: Encoder, delivery: SentDelivery, end: number): void => {
  const { prefix, bytes, offset } = delivery;
  if (offset < prefix.length) encoder.raw(prefix, offset, Math.min(end, prefix.length));
  if (end > prefix.length) encoder.raw(bytes, Math.max(0, offset - prefix.length), end - prefix.length);
  delivery.offset = end;
};
