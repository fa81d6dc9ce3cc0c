import { DecodeError } from '../errors.ts';
import { STRUCTURE } from '../limits.ts';
import { CODE, leastWidth, typeOf } from './codes.ts';

const TWO_32 = 0x1_0000_0000;

/** A list, map or array that is being read. */
export interface Compound {
  readonly count: number;
  /** Where it ends. */
  readonly end: number;
}

/** Reads the parts of AMQP values. Every method throws DecodeError instead of reading beyond the end. */
export class Decoder {
  readonly bytes: Buffer;
  position: number;
  readonly #end: number;
  #depth = 0;
  #values = 0;
  #emptyItems = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.position >= this.#end;
  }

  /** The next byte, without passing over it. */
  peek(): number {
    if (this.position >= this.#end) throw new DecodeError('A value ends too early');
    return this.bytes[this.position] ?? 0;
  }

  /** Passes over `count` bytes and says where they begin. */
  pass(count: number): number {
    const start = this.position;
    if (start + count > this.#end) throw new DecodeError('A value ends too early');
    this.position = start + count;
    return start;
  }

  byte(): number {
    return this.bytes[this.pass(1)] ?? 0;
  }

  uint16(): number {
    return this.bytes.readUInt16BE(this.pass(2));
  }

  uint32(): number {
    return this.bytes.readUInt32BE(this.pass(4));
  }

  /** Exact: a bigint beyond 2^53. */
  uint64(): number | bigint {
    const at = this.pass(8);
    const high = this.bytes.readUInt32BE(at);
    return high < 0x20_0000 ? high * TWO_32 + this.bytes.readUInt32BE(at + 4) : this.bytes.readBigUInt64BE(at);
  }

  /** Exact: a bigint beyond ±2^53. */
  int64(): number | bigint {
    const at = this.pass(8);
    const value = this.bytes.readInt32BE(at) * TWO_32 + this.bytes.readUInt32BE(at + 4);
    return Number.isSafeInteger(value) ? value : this.bytes.readBigInt64BE(at);
  }

  /** A view, not a copy. */
  slice(length: number): Buffer {
    const at = this.pass(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Invalid sequences become U+FFFD, as .NET reads them. */
  utf8(length: number): string {
    const at = this.pass(length);
    return this.bytes.toString('utf8', at, at + length);
  }

  /** Symbols are ASCII; other bytes are read as Latin-1. */
  ascii(length: number): string {
    const at = this.pass(length);
    return this.bytes.toString('latin1', at, at + length);
  }

  /** Size and count behind the format code of a list or map; `close` it after its items. */
  open(code: number): Compound {
    if (code === CODE.list0) return { count: 0, end: this.position };
    const compound = this.#sized(code);
    // every item takes a byte at least
    if (compound.count > compound.end - this.position)
      throw new DecodeError(`A list or map is too short for ${compound.count} items`);
    this.#reckon(compound.count);
    return compound;
  }

  /** The same for an array; `openItems` follows when the type of its items has been read. */
  openArray(code: number): Compound {
    return this.#sized(code);
  }

  openItems({ count, end }: Compound, code: number): void {
    const width = leastWidth(code);
    if (width === 0) this.#emptyItems += count;
    if (count * width > end - this.position || this.#emptyItems > STRUCTURE.emptyItems)
      throw new DecodeError(`An array is too short for ${count} items`);
    this.#reckon(count);
  }

  close({ end }: Compound): void {
    if (this.position !== end) throw new DecodeError('A list, map or array does not have the size that it says');
  }

  /** Begins a value inside a value; `leave` ends it. */
  enter(): void {
    this.#depth += 1;
    if (this.#depth > STRUCTURE.depth) throw new DecodeError(`Values are nested deeper than ${STRUCTURE.depth} levels`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  /** The descriptor of a described value, part 1 §1.2: a number or a name. */
  descriptor(): number | string {
    if (this.byte() !== CODE.described) throw new DecodeError('A described value is missing');
    const code = this.byte();
    switch (code) {
      case CODE.smallUlong:
        return this.byte();
      case CODE.ulong:
        return Number(this.uint64());
      case CODE.ulong0:
        return 0;
      case CODE.symbol8:
        return this.ascii(this.byte());
      case CODE.symbol32:
        return this.ascii(this.uint32());
      default:
        throw new DecodeError(`A descriptor is a ulong or a symbol, not 0x${code.toString(16)}`);
    }
  }

  /** Passes over any value. */
  skip(): void {
    const code = this.byte();
    if (code === CODE.described) {
      this.enter();
      this.skip();
      this.skip();
      this.leave();
    } else if (typeOf(code) === undefined) throw unknownType(code);
    else if (code >> 4 <= 0x9) this.pass(leastWidth(code));
    else this.pass((code >> 4) % 2 === 1 ? this.uint32() : this.byte());
  }

  #sized(code: number): Compound {
    const isShort = (code >> 4) % 2 === 0;
    const size = isShort ? this.byte() : this.uint32();
    const end = this.position + size;
    if (end > this.#end) throw new DecodeError('A list, map or array ends too early');
    const count = isShort ? this.byte() : this.uint32();
    if (this.position > end) throw new DecodeError('A list, map or array is too short for its count');
    return { count, end };
  }

  /** Limits the memory that values take, however small their encoding is. */
  #reckon(count: number): void {
    this.#values += count;
    if (this.#values > STRUCTURE.values) throw new DecodeError(`More than ${STRUCTURE.values} values in one message`);
  }
}

export const unknownType = (code: number): DecodeError =>
  new DecodeError(`0x${code.toString(16)} is not a type of AMQP`);
