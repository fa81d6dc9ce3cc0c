import { CODE } from '../codec/codes.ts';
import type { Decoder } from '../codec/decoder.ts';
import { type Encoder, encode } from '../codec/encoder.ts';
import type { FieldType } from '../codec/fields.ts';
import { uuidBytes, uuidText } from '../codec/values.ts';
import { DecodeError } from '../errors.ts';

/**
 * A message or correlation id, part 3 §3.2.11 to §3.2.14. It is kept as the bytes that the peer chose for it, format code
 * included: a reply must carry the same type, and a ulong may be beyond what a number holds.
 */
export interface MessageId {
  readonly type: 'ulong' | 'uuid' | 'binary' | 'string';
  readonly bytes: Buffer;
}

const TYPES: ReadonlyMap<number, MessageId['type']> = new Map([
  [CODE.string8, 'string'],
  [CODE.string32, 'string'],
  [CODE.uuid, 'uuid'],
  [CODE.ulong, 'ulong'],
  [CODE.smallUlong, 'ulong'],
  [CODE.ulong0, 'ulong'],
  [CODE.binary8, 'binary'],
  [CODE.binary32, 'binary'],
]);

export const messageId: FieldType<MessageId> = {
  read(decoder: Decoder) {
    const code = decoder.peek();
    const start = decoder.position;
    decoder.skip();
    if (code === CODE.null) return undefined;
    const type = TYPES.get(code);
    if (type === undefined) throw new DecodeError(`A message id is not of type 0x${code.toString(16)}`);
    return { type, bytes: decoder.bytes.subarray(start, decoder.position) };
  },
  write: (encoder: Encoder, { bytes }) => encoder.raw(bytes),
};

const encoded = (type: MessageId['type'], write: (encoder: Encoder) => void): MessageId => ({
  type,
  bytes: encode(write),
});

/** An id of type string. */
export const stringId = (text: string): MessageId => encoded('string', (encoder) => encoder.string(text));

/** An id of type uuid. Throws RangeError unless `text` is the usual 36 characters. */
export const uuidId = (text: string): MessageId =>
  encoded('uuid', (encoder) => {
    encoder.byte(CODE.uuid);
    encoder.raw(uuidBytes(text));
  });

/** An id of type ulong. */
export const ulongId = (value: number | bigint): MessageId => encoded('ulong', (encoder) => encoder.ulong(value));

/**
 * The id as text, to compare ids of peers that send back a uuid as a string or the other way round: digits of a ulong, the
 * 36 characters of a uuid in small letters, hexadecimal digits of binary.
 */
export const idText = ({ type, bytes }: MessageId): string => {
  switch (type) {
    case 'ulong':
      return bytes.length === 1 ? '0' : bytes.length === 2 ? String(bytes[1]) : String(bytes.readBigUInt64BE(1));
    case 'uuid':
      return uuidText(bytes.subarray(1));
    case 'binary':
      return bytes.toString('hex', headLength(bytes));
    case 'string':
      return bytes.toString('utf8', headLength(bytes));
    default:
      return type satisfies never;
  }
};

const headLength = (bytes: Buffer): number => (((bytes[0] ?? 0) >> 4) % 2 === 0 ? 2 : 5);
