import fc from 'fast-check';
import { expect, test } from 'vitest';
import { typeOf } from '../../emulator/servers/amqp/engine/codec/codes.ts';
import { Decoder } from '../../emulator/servers/amqp/engine/codec/decoder.ts';
import { encode } from '../../emulator/servers/amqp/engine/codec/encoder.ts';
import { readValue } from '../../emulator/servers/amqp/engine/codec/read-value.ts';
import { isTyped, type Value } from '../../emulator/servers/amqp/engine/codec/values.ts';
import { writeValue } from '../../emulator/servers/amqp/engine/codec/write-value.ts';
import { DecodeError } from '../../emulator/servers/amqp/engine/errors.ts';
import { anyValue } from '../support/amqp/arbitrary-values.ts';
import { type RheaTyped, read, written } from '../support/amqp/rhea-codec.ts';
import { runs } from '../support/runs.ts';

const RUNS = { numRuns: runs(5000), seed: 1 };
const encoded = (value: Value): Buffer => encode((encoder) => writeValue(encoder, value));
const decoded = (bytes: Buffer): Value => readValue(new Decoder(bytes));

test('any value comes back from its bytes', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(decoded(encoded(value))).toEqual(value);
    }),
    RUNS,
  );
});

test('bytes that are skipped are those that are read', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const decoder = new Decoder(encoded(value));
      decoder.skip();
      expect(decoder.isAtEnd).toBe(true);
    }),
    RUNS,
  );
});

/** What rhea makes of bytes, in our words, so that each type and value can be compared. */
const fromRhea = ({
  type,
  value,
  descriptor,
  ...rest
}: RheaTyped & { array_constructor?: { typecode: number } }): unknown => {
  if (descriptor !== undefined)
    return { type: 'described', descriptor: fromRhea(descriptor), value: fromRhea({ type, value, ...rest }) };
  const name = typeOf(type.typecode);
  switch (name) {
    case 'list':
      return { type: 'list', items: (value as RheaTyped[]).map(fromRhea) };
    case 'map': {
      const flat = (value as RheaTyped[]).map(fromRhea);
      return { type: 'map', entries: flat.flatMap((key, i) => (i % 2 === 0 ? [[key, flat[i + 1]]] : [])) };
    }
    case 'array':
      return {
        type: 'array',
        of: typeOf(rest.array_constructor?.typecode ?? 0),
        items: (value as RheaTyped[]).map(fromRhea),
      };
    case 'null':
    case 'boolean':
    case 'string':
    case 'binary':
      return name === 'boolean' ? Boolean(value) : value;
    default:
      return { type: name, value: exactly(name, value) };
  }
};

/** rhea hands out 64-bit numbers that it cannot hold as their bytes, and times as a Date, which reaches less far. */
const exactly = (name: string | undefined, value: unknown): unknown => {
  if (name === 'timestamp' && value instanceof Date) return value.getTime();
  if (!Buffer.isBuffer(value) || (name !== 'ulong' && name !== 'long')) return value;
  const exact = name === 'ulong' ? value.readBigUInt64BE() : value.readBigInt64BE();
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
};

/** rhea loses far times, descriptors of descriptors, and the items of lists in arrays; it cannot write an array that it has read. */
const fitsRhea = (value: Value, withArrays = true): boolean => {
  const fits = (part: Value): boolean => fitsRhea(part, withArrays);
  if (!isTyped(value)) return true;
  switch (value.type) {
    case 'timestamp':
      return false;
    case 'described':
      return !(isTyped(value.value) && value.value.type === 'described') && fits(value.descriptor) && fits(value.value);
    case 'array':
      return withArrays && value.of !== 'list' && value.of !== 'timestamp';
    case 'list':
      return value.items.every(fits);
    case 'map':
      return value.entries.flat().every(fits);
    default:
      return true;
  }
};

test('rhea reads from our bytes the value that was written', () => {
  fc.assert(
    fc.property(
      anyValue.filter((value) => fitsRhea(value)),
      (value) => {
        expect(fromRhea(read(encoded(value)))).toEqual(value);
      },
    ),
    RUNS,
  );
});

test('a value is read from the bytes that rhea writes of it', () => {
  fc.assert(
    fc.property(
      anyValue.filter((value) => fitsRhea(value, false)),
      (value) => {
        expect(decoded(written(read(encoded(value))))).toEqual(value);
      },
    ),
    RUNS,
  );
});

test('no bytes are read beyond their end, and nothing but DecodeError is thrown', () => {
  fc.assert(
    fc.property(anyValue, fc.nat(), fc.nat(255), fc.nat(3), (value, place, byte, kind) => {
      const bytes = encoded(value);
      const at = place % bytes.length;
      const damaged =
        kind === 0
          ? bytes.subarray(0, at)
          : Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + 1)]);
      try {
        const decoder = new Decoder(damaged);
        const again = readValue(decoder);
        expect(decoder.position).toBeLessThanOrEqual(damaged.length);
        // whatever can be read can be written: it may have to be said back
        expect(decoded(encoded(again))).toEqual(again);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
    }),
    { numRuns: runs(50_000), seed: 1 },
  );
});
