import { CODE, WIDEST } from './codes.ts';
import type { Encoder } from './encoder.ts';
import { type AmqpArray, isTyped, type TypedValue, type TypeName, type Value } from './values.ts';

/** Writes any value in its shortest encoding. Throws RangeError for a number that its type cannot hold. */
export const writeValue = (encoder: Encoder, value: Value): void => {
  if (value === null) encoder.null();
  else if (typeof value === 'boolean') encoder.boolean(value);
  else if (typeof value === 'string') encoder.string(value);
  else if (!isTyped(value)) encoder.binary(value);
  else writeTyped(encoder, value);
};

const writeTyped = (encoder: Encoder, value: TypedValue): void => {
  switch (value.type) {
    case 'uint':
      encoder.uint(value.value);
      break;
    case 'ulong':
      encoder.ulong(value.value);
      break;
    case 'int':
      encoder.int(value.value);
      break;
    case 'long':
      encoder.long(value.value);
      break;
    case 'symbol':
      encoder.symbol(value.value);
      break;
    case 'described':
      encoder.byte(CODE.described);
      writeValue(encoder, value.descriptor);
      writeValue(encoder, value.value);
      break;
    default:
      encoder.byte(WIDEST[value.type]);
      writeWidest(encoder, value);
  }
};

/** What comes behind the format code of the widest encoding. */
const writeWidest = (encoder: Encoder, value: TypedValue): void => {
  switch (value.type) {
    case 'ulong':
    case 'long':
    case 'timestamp':
      encoder.int64(value.value);
      break;
    case 'symbol':
      encoder.sized(Buffer.from(value.value, 'latin1'));
      break;
    case 'list':
      writeItems(encoder, value.items);
      break;
    case 'map':
      writeItems(encoder, value.entries.flat());
      break;
    case 'array':
      writeArray(encoder, value);
      break;
    case 'described':
      throw new TypeError('The items of an array are described by its descriptor');
    case 'uuid':
    case 'decimal32':
    case 'decimal64':
    case 'decimal128':
      encoder.raw(value.value);
      break;
    default:
      encoder.fixed(WIDEST[value.type], value.value);
  }
};

const writeItems = (encoder: Encoder, items: readonly Value[]): void => {
  const mark = encoder.openItems();
  for (const item of items) writeValue(encoder, item);
  encoder.close(mark, items.length);
};

/** Part 1 §1.6.24. Throws TypeError for an item of another type. */
const writeArray = (encoder: Encoder, { of, descriptor, items }: AmqpArray): void => {
  const mark = encoder.openItems();
  if (descriptor !== undefined) {
    encoder.byte(CODE.described);
    writeValue(encoder, descriptor);
  }
  encoder.byte(WIDEST[of]);
  for (const item of items) writeItem(encoder, of, item);
  encoder.close(mark, items.length);
};

const writeItem = (encoder: Encoder, type: TypeName, value: Value): void => {
  if (typeNameOf(value) !== type) throw new TypeError(`An array of ${type} has an item of type ${typeNameOf(value)}`);
  if (typeof value === 'string') encoder.sized(Buffer.from(value));
  else if (typeof value === 'boolean') encoder.byte(value ? 1 : 0);
  else if (Buffer.isBuffer(value)) encoder.sized(value);
  else if (isTyped(value)) writeWidest(encoder, value);
};

const typeNameOf = (value: Value): TypeName | 'described' => {
  if (value === null) return 'null';
  if (isTyped(value)) return value.type;
  return typeof value === 'object' ? 'binary' : typeof value === 'string' ? 'string' : 'boolean';
};
