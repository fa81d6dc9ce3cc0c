import { describe, expect, test } from 'vitest';
import { Decoder } from '../../emulator/servers/amqp/engine/codec/decoder.ts';
import { encode } from '../../emulator/servers/amqp/engine/codec/encoder.ts';
import { readValue } from '../../emulator/servers/amqp/engine/codec/read-value.ts';
import {
  described,
  double,
  entryOf,
  int,
  list,
  long,
  numberOf,
  stringMap,
  symbol,
  textArray,
  textOf,
  timestamp,
  ubyte,
  uint,
  ulong,
  ushort,
  uuid,
  uuidText,
  type Value,
} from '../../emulator/servers/amqp/engine/codec/values.ts';
import { writeValue } from '../../emulator/servers/amqp/engine/codec/write-value.ts';
import { hex } from '../support/amqp/hex.ts';

const decoded = (bytes: Buffer): Value => {
  const decoder = new Decoder(bytes);
  const value = readValue(decoder);
  expect(decoder.isAtEnd).toBe(true);
  return value;
};
const encoded = (value: Value): Buffer => encode((encoder) => writeValue(encoder, value));
const text = (word: string): string => Buffer.from(word).toString('hex');

// the encodings of OASIS AMQP 1.0 part 1 §1.6, one after the other
const ENCODINGS: readonly (readonly [what: string, bytes: string, value: Value])[] = [
  ['null', '40', null],
  ['true', '41', true],
  ['false', '42', false],
  ['boolean of one byte', '56 01', true],
  ['boolean of one byte, 0', '56 00', false],
  ['ubyte', '50 ff', ubyte(255)],
  ['ushort', '60 1234', ushort(0x1234)],
  ['uint', '70 ffffffff', uint(4_294_967_295)],
  ['smalluint', '52 ff', uint(255)],
  ['uint0', '43', uint(0)],
  ['ulong', '80 001fffffffffffff', ulong(9_007_199_254_740_991)],
  ['ulong beyond 2^53', '80 ffffffffffffffff', ulong(18_446_744_073_709_551_615n)],
  ['smallulong', '53 80', ulong(128)],
  ['ulong0', '44', ulong(0)],
  ['byte', '51 80', { type: 'byte', value: -128 }],
  ['short', '61 8000', { type: 'short', value: -32_768 }],
  ['int', '71 80000000', int(-2_147_483_648)],
  ['smallint', '54 ff', int(-1)],
  ['long', '81 ffffffff00000000', long(-4_294_967_296)],
  ['long beyond 2^53', '81 8000000000000000', long(-9_223_372_036_854_775_808n)],
  ['smalllong', '55 80', long(-128)],
  ['float', '72 3fc00000', { type: 'float', value: 1.5 }],
  ['double', '82 bff8000000000000', double(-1.5)],
  ['decimal32', '74 22500001', { type: 'decimal32', value: hex('22500001') }],
  ['decimal64', '84 2234000000000001', { type: 'decimal64', value: hex('2234000000000001') }],
  [
    'decimal128',
    '94 22080000000000000000000000000001',
    { type: 'decimal128', value: hex('22080000000000000000000000000001') },
  ],
  ['char', '73 0001f600', { type: 'char', value: 0x1f600 }],
  ['timestamp', '83 00000137ff4c3b00', timestamp(0x137_ff4c_3b00)],
  ['timestamp before 1970', '83 ffffffffffffffff', timestamp(-1)],
  ['uuid', '98 00112233445566778899aabbccddeeff', uuid('00112233-4455-6677-8899-aabbccddeeff')],
  ['vbin8', 'a0 02 00ff', hex('00ff')],
  ['vbin32', 'b0 00000002 00ff', hex('00ff')],
  [
    'str8-utf8, the example of §1.2',
    `a1 1e ${text('Hello Glorious Messaging World')}`,
    'Hello Glorious Messaging World',
  ],
  ['str32-utf8', `b1 00000003 ${text('€')}`, '€'],
  ['sym8', `a3 03 ${text('abc')}`, symbol('abc')],
  ['sym32', `b3 00000003 ${text('abc')}`, symbol('abc')],
  ['list0', '45', list()],
  ['list8', 'c0 03 02 41 43', list(true, uint(0))],
  ['list32', 'd0 00000006 00000002 41 43', list(true, uint(0))],
  ['map8', 'c1 05 02 a1 01 61 43', stringMap({ a: uint(0) })],
  ['map32', 'd1 00000008 00000002 a1 01 61 43', stringMap({ a: uint(0) })],
  ['array8', 'e0 06 02 a3 01 61 01 62', textArray('symbol', ['a', 'b'])],
  ['array32', 'f0 00000009 00000002 a1 01 61 01 62', textArray('string', ['a', 'b'])],
  ['array of nothing', 'e0 02 00 71', { type: 'array', of: 'int', items: [] }],
  [
    'array of ints',
    'f0 0000000d 00000002 71 00000001 ffffffff',
    { type: 'array', of: 'int', items: [int(1), int(-1)] },
  ],
  [
    'a described string, the example of §1.2',
    `00 a1 03 ${text('URL')} a1 1e ${text('http://example.org/hello-world')}`,
    described('URL', 'http://example.org/hello-world'),
  ],
  [
    'a composite type, the example of §1.4',
    `00 a3 11 ${text('example:book:list')} c0 40 03 a1 15 ${text('AMQP for & by Dummies')}
     e0 25 02 a1 0e ${text('Rob J. Godfrey')} 13 ${text('Rafael H. Schloming')} 40`,
    described(
      symbol('example:book:list'),
      list('AMQP for & by Dummies', textArray('string', ['Rob J. Godfrey', 'Rafael H. Schloming']), null),
    ),
  ],
];

test.each(ENCODINGS)('%s is read', (_what, bytes, value) => {
  expect(decoded(hex(bytes))).toEqual(value);
});

test.each(ENCODINGS)('%s comes back from what is written of it', (_what, _bytes, value) => {
  expect(decoded(encoded(value))).toEqual(value);
});

describe('what is written', () => {
  test.each<[what: string, value: Value, bytes: string]>([
    ['a small uint', uint(255), '52 ff'],
    ['a larger uint', uint(256), '70 00000100'],
    ['a small ulong', ulong(1), '53 01'],
    ['a larger ulong', ulong(256), '80 0000000000000100'],
    ['the largest ulong', ulong(2n ** 64n - 1n), '80 ffffffffffffffff'],
    ['a small int', int(-128), '54 80'],
    ['a larger int', int(-129), '71 ffffff7f'],
    ['a status code, which Java wants to be an int', int(200), '71 000000c8'],
    ['a small long', long(127), '55 7f'],
    ['a larger long', long(128), '81 0000000000000080'],
    ['a negative long', long(-129), '81 ffffffffffffff7f'],
    ['an empty string', '', 'a1 00'],
    ['an array of symbols', textArray('symbol', ['a']), 'f0 0000000a 00000001 b3 00000001 61'],
    [
      'a described array',
      { type: 'array', of: 'uint', descriptor: symbol('d'), items: [uint(7)] },
      'f0 0000000d 00000001 00 a3 01 64 70 00000007',
    ],
  ])('%s', (_what, value, bytes) => {
    expect(encoded(value)).toEqual(hex(bytes));
  });

  test.each([254, 255, 256])('a string of %i bytes has a length that fits', (length) => {
    const bytes = encoded('é'.repeat(length / 2) + 'x'.repeat(length % 2));
    expect(bytes.subarray(0, length > 255 ? 5 : 2)).toEqual(
      hex(length > 255 ? 'b1 00000100' : `a1 ${length.toString(16)}`),
    );
  });

  test.each<[Value, string]>([
    [uint(-1), 'out of range'],
    [int(2 ** 31), 'out of range'],
    [ulong(-1), 'A ulong is not negative'],
    [{ type: 'array', of: 'int', items: [long(1)] }, 'An array of int has an item of type long'],
  ])('%j is not, but an error says why', (value, why) => {
    expect(() => encoded(value)).toThrow(why);
  });
});

test('values are asked by their meaning', () => {
  const map = stringMap({ a: int(7), b: symbol('x') });
  expect([entryOf(map, 'a'), entryOf(map, 'z'), entryOf('no map', 'a')]).toEqual([int(7), undefined, undefined]);
  expect([textOf('x'), textOf(symbol('x')), textOf(int(1)), textOf(undefined)]).toEqual([
    'x',
    'x',
    undefined,
    undefined,
  ]);
  expect([numberOf(long(5n)), numberOf(ubyte(5)), numberOf('5'), numberOf(symbol('5'))]).toEqual([
    5,
    5,
    undefined,
    undefined,
  ]);
  expect(uuidText(hex('00112233445566778899aabbccddeeff'))).toBe('00112233-4455-6677-8899-aabbccddeeff');
  expect(() => uuid('nonsense')).toThrow('Not a uuid: nonsense');
});
