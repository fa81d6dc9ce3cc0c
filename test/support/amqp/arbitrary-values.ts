import fc from 'fast-check';
import type { AmqpArray, TypeName, Value } from '../../../emulator/servers/amqp/engine/codec/values.ts';

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const binary = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const exact = (min: bigint, max: bigint) =>
  fc
    .oneof(
      fc.bigInt({ min, max }),
      fc.bigInt({ min: -200n, max: 300n }).map((n) => (n < min ? 0n : n)),
    )
    .map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n));
const number = (type: 'ubyte' | 'ushort' | 'uint' | 'byte' | 'short' | 'int' | 'char', min: number, max: number) =>
  fc
    .oneof(fc.integer({ min, max }), fc.integer({ min: Math.max(min, -300), max: Math.min(max, 300) }))
    .map((value) => ({ type, value }));

const string = fc.string({ unit: 'grapheme', maxLength: 120 });
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 });

/** Values of each type that is not made of others. */
export const SCALARS: Readonly<Record<Exclude<TypeName, 'list' | 'map' | 'array'>, fc.Arbitrary<Value>>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  ubyte: number('ubyte', 0, 255),
  ushort: number('ushort', 0, 65_535),
  uint: number('uint', 0, 2 ** 32 - 1),
  ulong: exact(0n, 2n ** 64n - 1n).map((value) => ({ type: 'ulong', value })),
  byte: number('byte', -128, 127),
  short: number('short', -32_768, 32_767),
  int: number('int', -(2 ** 31), 2 ** 31 - 1),
  long: exact(-(2n ** 63n), 2n ** 63n - 1n).map((value) => ({ type: 'long', value })),
  float: fc.float().map((value) => ({ type: 'float', value })),
  double: fc.double().map((value) => ({ type: 'double', value })),
  decimal32: bytes(4).map((value) => ({ type: 'decimal32', value })),
  decimal64: bytes(8).map((value) => ({ type: 'decimal64', value })),
  decimal128: bytes(16).map((value) => ({ type: 'decimal128', value })),
  char: number('char', 0, 0x10_ffff),
  timestamp: exact(-(2n ** 63n), 2n ** 63n - 1n).map((value) => ({ type: 'timestamp', value })),
  uuid: bytes(16).map((value) => ({ type: 'uuid', value })),
  binary,
  string,
  symbol: ascii.map((value) => ({ type: 'symbol', value })),
};

const scalar = fc.oneof(...Object.values(SCALARS));

const scalarArray: fc.Arbitrary<AmqpArray> = fc
  .constantFrom(...(Object.keys(SCALARS) as (keyof typeof SCALARS)[])) // its own keys
  .chain((of) => fc.array(SCALARS[of], { maxLength: 5 }).map((items) => ({ type: 'array' as const, of, items })));

/** Any value, a few levels deep. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    scalarArray,
    fc.array(tie('value'), { maxLength: 4 }).map((items): Value => ({ type: 'list', items })),
    fc
      .array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 })
      .map((entries): Value => ({ type: 'map', entries })),
    fc.array(fc.array(scalar, { maxLength: 3 }), { maxLength: 3 }).map(
      (lists): Value => ({
        type: 'array',
        of: 'list',
        items: lists.map((items) => ({ type: 'list', items })),
      }),
    ),
    fc.tuple(scalar, tie('value')).map(([descriptor, value]): Value => ({ type: 'described', descriptor, value })),
  ),
})).value;
