import { DecodeError } from '../errors.ts';
import { CODE, typeOf } from './codes.ts';
import { type Compound, type Decoder, unknownType } from './decoder.ts';
import type { AmqpArray, Value } from './values.ts';

/** Reads any value, part 1 §1.2. Throws DecodeError. */
export const readValue = (decoder: Decoder): Value => {
  const code = decoder.byte();
  if (code !== CODE.described) return valueFrom(decoder, code);
  decoder.enter();
  const value: Value = { type: 'described', descriptor: readValue(decoder), value: readValue(decoder) };
  decoder.leave();
  return value;
};

const valueFrom = (decoder: Decoder, code: number): Value => {
  switch (code) {
    case CODE.null:
      return null;
    case CODE.true:
      return true;
    case CODE.false:
      return false;
    case CODE.boolean:
      return decoder.byte() !== 0;
    case CODE.string8:
      return decoder.utf8(decoder.byte());
    case CODE.string32:
      return decoder.utf8(decoder.uint32());
    case CODE.binary8:
      return decoder.slice(decoder.byte());
    case CODE.binary32:
      return decoder.slice(decoder.uint32());
    case CODE.symbol8:
      return { type: 'symbol', value: decoder.ascii(decoder.byte()) };
    case CODE.symbol32:
      return { type: 'symbol', value: decoder.ascii(decoder.uint32()) };
    default:
      return code >= CODE.list8 || code === CODE.list0 ? compoundFrom(decoder, code) : numberFrom(decoder, code);
  }
};

const numberFrom = (decoder: Decoder, code: number): Value => {
  switch (code) {
    case CODE.uint0:
      return { type: 'uint', value: 0 };
    case CODE.smallUint:
      return { type: 'uint', value: decoder.byte() };
    case CODE.uint:
      return { type: 'uint', value: decoder.uint32() };
    case CODE.ulong0:
      return { type: 'ulong', value: 0 };
    case CODE.smallUlong:
      return { type: 'ulong', value: decoder.byte() };
    case CODE.ulong:
      return { type: 'ulong', value: decoder.uint64() };
    case CODE.smallInt:
      return { type: 'int', value: decoder.bytes.readInt8(decoder.pass(1)) };
    case CODE.int:
      return { type: 'int', value: decoder.bytes.readInt32BE(decoder.pass(4)) };
    case CODE.smallLong:
      return { type: 'long', value: decoder.bytes.readInt8(decoder.pass(1)) };
    case CODE.long:
      return { type: 'long', value: decoder.int64() };
    case CODE.timestamp:
      return { type: 'timestamp', value: decoder.int64() };
    case CODE.uuid:
      return { type: 'uuid', value: decoder.slice(16) };
    default:
      return rareFrom(decoder, code);
  }
};

const rareFrom = (decoder: Decoder, code: number): Value => {
  switch (code) {
    case CODE.ubyte:
      return { type: 'ubyte', value: decoder.byte() };
    case CODE.ushort:
      return { type: 'ushort', value: decoder.uint16() };
    case CODE.byte:
      return { type: 'byte', value: decoder.bytes.readInt8(decoder.pass(1)) };
    case CODE.short:
      return { type: 'short', value: decoder.bytes.readInt16BE(decoder.pass(2)) };
    case CODE.float:
      return { type: 'float', value: decoder.bytes.readFloatBE(decoder.pass(4)) };
    case CODE.double:
      return { type: 'double', value: decoder.bytes.readDoubleBE(decoder.pass(8)) };
    case CODE.char:
      return { type: 'char', value: decoder.uint32() };
    case CODE.decimal32:
      return { type: 'decimal32', value: decoder.slice(4) };
    case CODE.decimal64:
      return { type: 'decimal64', value: decoder.slice(8) };
    case CODE.decimal128:
      return { type: 'decimal128', value: decoder.slice(16) };
    default:
      throw unknownType(code);
  }
};

const compoundFrom = (decoder: Decoder, code: number): Value => {
  decoder.enter();
  const type = typeOf(code);
  if (type === undefined) throw unknownType(code);
  const compound = type === 'array' ? decoder.openArray(code) : decoder.open(code);
  const value = type === 'array' ? arrayFrom(decoder, compound) : itemsFrom(decoder, compound.count, type === 'map');
  decoder.close(compound);
  decoder.leave();
  return value;
};

const itemsFrom = (decoder: Decoder, count: number, isMap: boolean): Value => {
  if (!isMap) {
    const items: Value[] = [];
    for (let i = 0; i < count; i += 1) items.push(readValue(decoder));
    return { type: 'list', items };
  }
  if (count % 2 === 1) throw new DecodeError('A map has a key without a value');
  const entries: (readonly [Value, Value])[] = [];
  for (let i = 0; i < count; i += 2) entries.push([readValue(decoder), readValue(decoder)]);
  return { type: 'map', entries };
};

/** Part 1 §1.6.24: one constructor for all items. */
const arrayFrom = (decoder: Decoder, compound: Compound): AmqpArray => {
  const isDescribed = decoder.peek() === CODE.described;
  if (isDescribed) decoder.pass(1);
  const descriptor = isDescribed ? readValue(decoder) : undefined;
  const code = decoder.byte();
  const of = typeOf(code);
  if (of === undefined) throw unknownType(code);
  decoder.openItems(compound, code);
  const items: Value[] = [];
  for (let i = 0; i < compound.count; i += 1) items.push(valueFrom(decoder, code));
  return { type: 'array', of, ...(descriptor === undefined ? {} : { descriptor }), items };
};
