/**
 * Values of the AMQP type system, OASIS AMQP 1.0 part 1, types, §1.6:
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-types-v1.0-os.html#section-primitive-type-definitions
 *
 * Null, boolean, string and binary are JavaScript values and Buffers. Every other value contains its type, because peers
 * depend on it: an `int` status code is not a `long` one.
 */
export type Value =
  | null // the AMQP value, which is not the same as an absent field
  | boolean
  | string
  | Buffer
  | SmallNumber
  | BigNumber
  | Typed<'symbol', string>
  | Opaque
  | List
  | AmqpMap
  | AmqpArray
  | Described;

interface Typed<T extends string, V> {
  readonly type: T;
  readonly value: V;
}

/** `char` is a code point. */
export type SmallNumber = Typed<
  'ubyte' | 'ushort' | 'uint' | 'byte' | 'short' | 'int' | 'float' | 'double' | 'char',
  number
>;

/** A number where it is exact, a bigint where it is not; `timestamp` is milliseconds since 1970, UTC. */
export type BigNumber = Typed<'ulong' | 'long' | 'timestamp', number | bigint>;

/** The bytes of a uuid or of a decimal, which is not interpreted. */
export type Opaque = Typed<'uuid' | 'decimal32' | 'decimal64' | 'decimal128', Buffer>;

export interface List {
  readonly type: 'list';
  readonly items: readonly Value[];
}

export interface AmqpMap {
  readonly type: 'map';
  /** In the order in which they were sent. */
  readonly entries: readonly (readonly [key: Value, value: Value])[];
}

/** Items of one type; a descriptor applies to each of them. */
export interface AmqpArray {
  readonly type: 'array';
  readonly of: TypeName;
  readonly descriptor?: Value;
  readonly items: readonly Value[];
}

export interface Described {
  readonly type: 'described';
  readonly descriptor: Value;
  readonly value: Value;
}

export type TypeName =
  | 'null'
  | 'boolean'
  | 'string'
  | 'binary'
  | SmallNumber['type']
  | BigNumber['type']
  | Opaque['type']
  | 'symbol'
  | 'list'
  | 'map'
  | 'array';

/** A map whose keys are symbols, or strings in application properties. */
export type Fields = ReadonlyMap<string, Value>;

export const symbol = (value: string): Value => ({ type: 'symbol', value });
export const ubyte = (value: number): Value => ({ type: 'ubyte', value });
export const ushort = (value: number): Value => ({ type: 'ushort', value });
export const uint = (value: number): Value => ({ type: 'uint', value });
export const int = (value: number): Value => ({ type: 'int', value });
export const long = (value: number | bigint): Value => ({ type: 'long', value });
export const ulong = (value: number | bigint): Value => ({ type: 'ulong', value });
export const double = (value: number): Value => ({ type: 'double', value });
/** `value`: milliseconds since 1970, UTC. */
export const timestamp = (value: number): Value => ({ type: 'timestamp', value });

/** `text`: the usual 36 characters. Throws RangeError for anything else. */
export const uuid = (text: string): Value => ({ type: 'uuid', value: uuidBytes(text) });
export const list = (...items: readonly Value[]): Value => ({ type: 'list', items });
export const described = (descriptor: Value, value: Value): Value => ({ type: 'described', descriptor, value });

/** An array of strings or symbols. */
export const textArray = (of: 'string' | 'symbol', texts: readonly string[]): Value => ({
  type: 'array',
  of,
  items: of === 'string' ? texts : texts.map(symbol),
});

/** A map with string keys, such as the body of a management response. */
export const stringMap = (fields: Readonly<Record<string, Value>>): Value => ({
  type: 'map',
  entries: Object.entries(fields),
});

/** The text of a string or symbol; undefined for any other value. */
export const textOf = (value: Value | undefined): string | undefined => {
  if (typeof value === 'string') return value;
  return isTyped(value) && value.type === 'symbol' ? value.value : undefined;
};

/** The value of any number, rounded if it is beyond 2^53; undefined for anything else. */
export const numberOf = (value: Value | undefined): number | undefined => {
  if (!isTyped(value) || !('value' in value)) return undefined;
  if (typeof value.value === 'number') return value.value;
  return typeof value.value === 'bigint' ? Number(value.value) : undefined;
};

/** The entry of a map under a string or symbol; undefined if there is none or `value` is not a map. */
export const entryOf = (value: Value | undefined, key: string): Value | undefined =>
  isTyped(value) && value.type === 'map' ? value.entries.find(([k]) => textOf(k) === key)?.[1] : undefined;

/** A value that contains its type. */
export type TypedValue = Exclude<Value, null | boolean | string | Buffer>;

export const isTyped = (value: Value | undefined): value is TypedValue =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the usual 36 characters of a uuid. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** In the order of the text, RFC 4122 §4.1.2. */
export const uuidBytes = (text: string): Buffer => {
  if (!isUuid(text)) throw new RangeError(`Not a uuid: ${text}`);
  return Buffer.from(text.replaceAll('-', ''), 'hex');
};

/** The 36 characters, in lower case. */
export const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
