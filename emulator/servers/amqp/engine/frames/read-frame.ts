import { Decoder } from '../codec/decoder.ts';
import { DecodeError } from '../errors.ts';
import type { Frame } from './frame.ts';
import { type Performative, performatives } from './performatives.ts';

const NOTHING: Buffer = Buffer.alloc(0);

/** The performative of an AMQP frame, and the part of a message that follows a transfer. Throws AmqpError. */
export const readFrame = ({ bytes, start, end }: Frame): { performative: Performative; payload: Buffer } => {
  const decoder = new Decoder(bytes, start, end);
  const performative = performatives.read(decoder);
  if (performative === undefined) throw new DecodeError('A frame without a performative');
  const payload = performative.type === 'transfer' ? bytes.subarray(decoder.position, end) : NOTHING;
  return { performative, payload };
};
