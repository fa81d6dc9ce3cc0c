import type { TypeName } from './values.ts';

/**
 * Format codes of part 1, types, §1.6. The high nibble says how wide the value is (§1.2): 4 nothing, 5 to 9 one to sixteen
 * bytes, A and B a length and bytes, C to F a size, a count and items.
 */
export const CODE = {
  described: 0x00,
  null: 0x40,
  true: 0x41,
  false: 0x42,
  uint0: 0x43,
  ulong0: 0x44,
  list0: 0x45,
  ubyte: 0x50,
  byte: 0x51,
  smallUint: 0x52,
  smallUlong: 0x53,
  smallInt: 0x54,
  smallLong: 0x55,
  boolean: 0x56,
  ushort: 0x60,
  short: 0x61,
  uint: 0x70,
  int: 0x71,
  float: 0x72,
  char: 0x73,
  decimal32: 0x74,
  ulong: 0x80,
  long: 0x81,
  double: 0x82,
  timestamp: 0x83,
  decimal64: 0x84,
  decimal128: 0x94,
  uuid: 0x98,
  binary8: 0xa0,
  string8: 0xa1,
  symbol8: 0xa3,
  binary32: 0xb0,
  string32: 0xb1,
  symbol32: 0xb3,
  list8: 0xc0,
  map8: 0xc1,
  list32: 0xd0,
  map32: 0xd1,
  array8: 0xe0,
  array32: 0xf0,
} as const;

/** The widest encoding of every type: the one that fits any value, as the items of an array must share one. */
export const WIDEST: Readonly<Record<TypeName, number>> = {
  null: CODE.null,
  boolean: CODE.boolean,
  ubyte: CODE.ubyte,
  ushort: CODE.ushort,
  uint: CODE.uint,
  ulong: CODE.ulong,
  byte: CODE.byte,
  short: CODE.short,
  int: CODE.int,
  long: CODE.long,
  float: CODE.float,
  double: CODE.double,
  decimal32: CODE.decimal32,
  decimal64: CODE.decimal64,
  decimal128: CODE.decimal128,
  char: CODE.char,
  timestamp: CODE.timestamp,
  uuid: CODE.uuid,
  binary: CODE.binary32,
  string: CODE.string32,
  symbol: CODE.symbol32,
  list: CODE.list32,
  map: CODE.map32,
  array: CODE.array32,
};

const TYPES: readonly (readonly [TypeName, ...number[]])[] = [
  ['null', CODE.null],
  ['boolean', CODE.boolean, CODE.true, CODE.false],
  ['ubyte', CODE.ubyte],
  ['ushort', CODE.ushort],
  ['uint', CODE.uint, CODE.smallUint, CODE.uint0],
  ['ulong', CODE.ulong, CODE.smallUlong, CODE.ulong0],
  ['byte', CODE.byte],
  ['short', CODE.short],
  ['int', CODE.int, CODE.smallInt],
  ['long', CODE.long, CODE.smallLong],
  ['float', CODE.float],
  ['double', CODE.double],
  ['decimal32', CODE.decimal32],
  ['decimal64', CODE.decimal64],
  ['decimal128', CODE.decimal128],
  ['char', CODE.char],
  ['timestamp', CODE.timestamp],
  ['uuid', CODE.uuid],
  ['binary', CODE.binary32, CODE.binary8],
  ['string', CODE.string32, CODE.string8],
  ['symbol', CODE.symbol32, CODE.symbol8],
  ['list', CODE.list32, CODE.list8, CODE.list0],
  ['map', CODE.map32, CODE.map8],
  ['array', CODE.array32, CODE.array8],
];

const BY_CODE = new Map(TYPES.flatMap(([name, ...codes]) => codes.map((code) => [code, name] as const)));

/** The type that a format code stands for; undefined if there is none. */
export const typeOf = (code: number): TypeName | undefined => BY_CODE.get(code);

/** The least number of bytes that a value takes behind its format code. */
export const leastWidth = (code: number): number => {
  switch (code >> 4) {
    case 0x4:
      return 0;
    case 0x5:
    case 0xa:
      return 1;
    case 0x6:
    case 0xc:
    case 0xe:
      return 2;
    case 0x7:
    case 0xb:
      return 4;
    case 0x9:
      return 16;
    default:
      return 8;
  }
};
