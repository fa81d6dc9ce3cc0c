import { expect, test } from 'vitest';
import { Decoder } from '../../emulator/servers/amqp/engine/codec/decoder.ts';
import { readValue } from '../../emulator/servers/amqp/engine/codec/read-value.ts';
import { AmqpError, DecodeError } from '../../emulator/servers/amqp/engine/errors.ts';
import { open, performatives } from '../../emulator/servers/amqp/engine/frames/performatives.ts';
import { decodeMessage } from '../../emulator/servers/amqp/engine/message/decode.ts';
import { hex } from '../support/amqp/hex.ts';

const read = (bytes: string | Buffer) => readValue(new Decoder(typeof bytes === 'string' ? hex(bytes) : bytes));
const uint32 = (value: number): string => value.toString(16).padStart(8, '0');

/** Lists within lists: only the innermost is empty. */
const nested = (depth: number): Buffer => {
  let bytes: Buffer = hex('45');
  for (let i = 1; i < depth; i += 1) bytes = Buffer.concat([hex(`d0 ${uint32(bytes.length + 4)} 00000001`), bytes]);
  return bytes;
};
/** Descriptors of descriptors. */
const descriptors = (depth: number): Buffer => Buffer.from('00'.repeat(depth) + '40'.repeat(depth + 1), 'hex');
const nulls = (count: number): string => `f0 00000005 ${uint32(count)} 40`;
const listOf = (count: number): Buffer =>
  Buffer.concat([hex(`d0 ${uint32(count + 4)} ${uint32(count)}`), Buffer.alloc(count, 0x43)]);
const openOf = (count: number): Buffer =>
  Buffer.concat([hex(`d0 ${uint32(count + 6)} ${uint32(count)} a1 01 61`), Buffer.alloc(count - 1, 0x40)]);

test.each<[what: string, within: () => unknown, beyond: () => unknown]>([
  ['values are nested 16 deep', () => read(nested(16)), () => read(nested(17))],
  ['descriptors are nested 16 deep', () => read(descriptors(16)), () => read(descriptors(17))],
  [
    'descriptors that are passed over, too',
    () => new Decoder(descriptors(16)).skip(),
    () => new Decoder(descriptors(17)).skip(),
  ],
  ['items of an array that take no bytes are 1,024', () => read(nulls(1024)), () => read(nulls(1025))],
  [
    'the same in several arrays together',
    () => read(`c0 15 02 ${nulls(512)} ${nulls(512)}`),
    () => read(`c0 15 02 ${nulls(512)} ${nulls(513)}`),
  ],
  ['values in a message are 100,000', () => read(listOf(100_000)), () => read(listOf(100_001))],
  [
    'fields of a performative are 32',
    () => open.readFields(new Decoder(openOf(32))),
    () => open.readFields(new Decoder(openOf(33))),
  ],
])('at most: %s', (_what, within, beyond) => {
  expect(within).not.toThrow();
  expect(beyond).toThrow(DecodeError);
});

test.each([
  ['a list that claims 30 million items', `d0 00000010 ${uint32(30_000_000)}${'40'.repeat(12)}`],
  ['a list with one item more than bytes', 'c0 03 03 40 40'],
  ['a list that ends before its size', 'c0 04 02 40 40 40'],
  ['a list that ends behind its size', 'c0 03 02 a1 00'],
  ['a list whose size is beyond the frame', 'c0 05 02 40 40'],
  ['a list whose size has no room for its count', 'd0 00000003 00000000'],
  ['a map with a key and no value', 'c1 02 01 40'],
  ['an array of 3 million nulls in 26 bytes', `f0 00000015 ${uint32(3_000_000)} 40${'00'.repeat(16)}`],
  ['an array of 2^32 - 1 nulls', nulls(2 ** 32 - 1)],
  ['an array of more ints than bytes', 'f0 00000009 00000002 71 00000000'],
  ['an array of an unknown type', 'e0 03 01 ff 00'],
  ['an array of ulongs that are half there', 'e0 06 01 80 00000000'],
  ['a string longer than the frame', 'a1 02 61'],
  ['a binary of 4 GB', 'b0 ffffffff'],
  ['half a uint', '70 0000'],
  ['half a uuid', '98 0011'],
  ['a described value without a value', '00 53 10'],
  ['an unknown type', '46'],
  ['another unknown type', 'ff'],
  ['nothing', ''],
])('%s does not decode', (_what, bytes) => {
  expect(() => read(bytes)).toThrow(DecodeError);
});

test.each([
  ['a performative that is a map', '00 53 14 c1 01 00'],
  ['a field of another type', '00 53 14 c0 03 01 a1 00'],
  ['a descriptor that is a string', '00 a1 01 61 45'],
  ['a descriptor that is a list', '00 45 45'],
])('%s does not decode', (_what, bytes) => {
  expect(() => performatives.read(new Decoder(hex(bytes)))).toThrow(DecodeError);
});

test('a performative without a mandatory field is refused by name', () => {
  const error = new AmqpError('amqp:invalid-field', 'transfer lacks handle');
  expect(() => performatives.read(new Decoder(hex('00 53 14 45')))).toThrow(error);
  expect(() => performatives.read(new Decoder(hex('00 53 14 c0 02 01 40')))).toThrow(error);
});

test('a value that is not a performative reads as nothing', () => {
  expect(performatives.read(new Decoder(hex('00 53 1a 45')))).toBe(undefined);
  expect(performatives.read(new Decoder(hex('00 80 0000000100000010 45')))).toBe(undefined);
  expect(performatives.read(new Decoder(hex('45')))).toBe(undefined);
});

test('fields that a later version may add are passed over', () => {
  expect(performatives.read(new Decoder(hex('00 53 17 c0 06 03 40 a1 01 78 43')))).toEqual({
    type: 'end',
    error: undefined,
  });
});

test.each([
  ['an unknown section', '00 53 79 40'],
  ['a section without a descriptor', 'a1 01 61'],
  ['a data section that is a string', '00 53 75 a1 01 61'],
  ['a sequence that is a string', '00 53 76 a1 01 61'],
  ['annotations that are a list', '00 53 72 45'],
  ['application properties with half an entry', '00 53 74 c1 04 01 a1 01 61'],
  ['a message id that is an int', '00 53 73 c0 03 01 54 01'],
])('a message with %s does not decode', (_what, bytes) => {
  expect(() => decodeMessage(hex(bytes))).toThrow(DecodeError);
});
