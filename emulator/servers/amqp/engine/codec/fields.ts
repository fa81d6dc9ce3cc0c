import { DecodeError } from '../errors.ts';
import { CODE } from './codes.ts';
import type { Decoder } from './decoder.ts';
import type { Encoder } from './encoder.ts';
import { readValue } from './read-value.ts';
import type { Fields, Value } from './values.ts';
import { writeValue } from './write-value.ts';

/** How a field of a composite type is read and written. */
export interface FieldType<T> {
  /** undefined if the field is null. Throws DecodeError for a value of another type. */
  read(decoder: Decoder): T | undefined;
  write(encoder: Encoder, value: T): void;
}

const wrongType = (wanted: string, code: number): DecodeError =>
  new DecodeError(`A field of type ${wanted} has a value of type 0x${code.toString(16)}`);

export const boolean: FieldType<boolean> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.true) return true;
    if (code === CODE.false) return false;
    if (code === CODE.null) return undefined;
    if (code === CODE.boolean) return decoder.byte() !== 0;
    throw wrongType('boolean', code);
  },
  write: (encoder, value) => encoder.boolean(value),
};

export const ubyte: FieldType<number> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.ubyte) return decoder.byte();
    if (code === CODE.null) return undefined;
    throw wrongType('ubyte', code);
  },
  write(encoder, value) {
    encoder.byte(CODE.ubyte);
    encoder.byte(value);
  },
};

export const ushort: FieldType<number> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.ushort) return decoder.uint16();
    if (code === CODE.null) return undefined;
    throw wrongType('ushort', code);
  },
  write(encoder, value) {
    encoder.byte(CODE.ushort);
    encoder.uint16(value);
  },
};

export const uint: FieldType<number> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.smallUint) return decoder.byte();
    if (code === CODE.uint0) return 0;
    if (code === CODE.uint) return decoder.uint32();
    if (code === CODE.null) return undefined;
    throw wrongType('uint', code);
  },
  write: (encoder, value) => encoder.uint(value),
};

export const ulong: FieldType<number | bigint> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.ulong) return decoder.uint64();
    if (code === CODE.smallUlong) return decoder.byte();
    if (code === CODE.ulong0) return 0;
    if (code === CODE.null) return undefined;
    throw wrongType('ulong', code);
  },
  write: (encoder, value) => encoder.ulong(value),
};

/** Milliseconds since 1970, UTC. */
export const timestamp: FieldType<number> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.timestamp) return Number(decoder.int64());
    if (code === CODE.null) return undefined;
    throw wrongType('timestamp', code);
  },
  write(encoder, value) {
    encoder.byte(CODE.timestamp);
    encoder.int64(value);
  },
};

export const binary: FieldType<Buffer> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.binary8) return decoder.slice(decoder.byte());
    if (code === CODE.binary32) return decoder.slice(decoder.uint32());
    if (code === CODE.null) return undefined;
    throw wrongType('binary', code);
  },
  write: (encoder, value) => encoder.binary(value),
};

export const string: FieldType<string> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.string8) return decoder.utf8(decoder.byte());
    if (code === CODE.string32) return decoder.utf8(decoder.uint32());
    if (code === CODE.null) return undefined;
    throw wrongType('string', code);
  },
  write: (encoder, value) => encoder.string(value),
};

/** Reads strings as well: some peers send them. */
export const symbol: FieldType<string> = {
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.symbol8) return decoder.ascii(decoder.byte());
    if (code === CODE.symbol32) return decoder.ascii(decoder.uint32());
    if (code === CODE.string8) return decoder.utf8(decoder.byte());
    if (code === CODE.string32) return decoder.utf8(decoder.uint32());
    if (code === CODE.null) return undefined;
    throw wrongType('symbol', code);
  },
  write: (encoder, value) => encoder.symbol(value),
};

/** A field with `multiple="true"`: one symbol or an array of them, part 1 §1.4. */
export const symbols: FieldType<readonly string[]> = {
  read(decoder) {
    const code = decoder.peek();
    if (code !== CODE.array8 && code !== CODE.array32) {
      const one = symbol.read(decoder);
      return one === undefined ? undefined : [one];
    }
    const value = readValue(decoder);
    if (value === null || typeof value !== 'object' || !('items' in value)) throw wrongType('symbol', code);
    return value.items.map(textItem);
  },
  write(encoder, texts) {
    writeValue(encoder, { type: 'array', of: 'symbol', items: texts.map((value) => ({ type: 'symbol', value })) });
  },
};

const textItem = (item: Value): string => {
  if (item !== null && typeof item === 'object' && 'type' in item && item.type === 'symbol') return item.value;
  if (typeof item === 'string') return item;
  throw new DecodeError('An array of symbols has another item');
};

/** A map with symbols as keys, or strings. Entries with other keys, which are reserved, are ignored. */
const mapWith = (key: FieldType<string>): FieldType<Fields> => ({
  read(decoder) {
    const code = decoder.byte();
    if (code === CODE.null) return undefined;
    if (code !== CODE.map8 && code !== CODE.map32) throw wrongType('map', code);
    const compound = decoder.open(code);
    if (compound.count % 2 === 1) throw new DecodeError('A map has a key without a value');
    const entries = new Map<string, Value>();
    for (let i = 0; i < compound.count; i += 2) {
      const name = isText(decoder.peek()) ? symbol.read(decoder) : reserved(decoder);
      const value = readValue(decoder);
      if (name !== undefined) entries.set(name, value);
    }
    decoder.close(compound);
    return entries;
  },
  write(encoder, entries) {
    const mark = encoder.open(CODE.map32);
    for (const [name, value] of entries) {
      key.write(encoder, name);
      writeValue(encoder, value);
    }
    encoder.close(mark, entries.size * 2);
  },
});

const isText = (code: number): boolean =>
  code === CODE.symbol8 || code === CODE.symbol32 || code === CODE.string8 || code === CODE.string32;

const reserved = (decoder: Decoder): undefined => {
  decoder.skip();
};

/** Properties, capabilities, filters, annotations: keys are symbols, part 2 §2.8.13 and part 3 §3.2.10. */
export const fields = mapWith(symbol);
/** Application properties: keys are strings, part 3 §3.2.5. */
export const stringFields = mapWith(string);

export const any: FieldType<Value> = {
  read: (decoder) => readValue(decoder) ?? undefined,
  write: (encoder, value) => writeValue(encoder, value),
};
