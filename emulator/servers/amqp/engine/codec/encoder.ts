import { CODE, leastWidth } from './codes.ts';

const TWO_32 = 0x1_0000_0000;
const INITIAL = 1024;
const SHORT = 64;

/** Writes AMQP values one after the other into a buffer that grows. */
export class Encoder {
  length = 0;
  #bytes: Buffer;

  constructor(capacity = INITIAL) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** A copy of what has been written since `from`. */
  copy(from = 0): Buffer {
    return Buffer.from(this.#bytes.subarray(from, this.length));
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` bytes and says where they begin. */
  room(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length > this.#bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.max(this.length, this.#bytes.length * 2));
      this.#bytes.copy(bytes, 0, 0, at);
      this.#bytes = bytes;
    }
    return at;
  }

  byte(value: number): void {
    const at = this.room(1);
    this.#bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.room(2);
    this.#bytes.writeUInt16BE(value, at);
  }

  uint32(value: number): void {
    const at = this.room(4);
    this.#bytes.writeUInt32BE(value, at);
  }

  /** Overwrites four bytes that were written before. */
  setUint32(value: number, at: number): void {
    this.#bytes.writeUInt32BE(value, at);
  }

  /** Two's complement for negative numbers: the same bytes serve ulong and long. */
  int64(value: number | bigint): void {
    const at = this.room(8);
    if (typeof value === 'bigint') this.#bytes.writeBigInt64BE(BigInt.asIntN(64, value), at);
    else {
      this.#bytes.writeInt32BE(Math.floor(value / TWO_32) | 0, at);
      this.#bytes.writeUInt32BE(value >>> 0, at + 4);
    }
  }

  /** A number of fixed width behind its format code. Throws RangeError if it does not fit. */
  fixed(code: number, value: number): void {
    // first of all, because room() may replace #bytes
    const at = this.room(leastWidth(code));
    switch (code) {
      case CODE.ubyte:
        this.#bytes.writeUInt8(value, at);
        break;
      case CODE.byte:
        this.#bytes.writeInt8(value, at);
        break;
      case CODE.ushort:
        this.#bytes.writeUInt16BE(value, at);
        break;
      case CODE.short:
        this.#bytes.writeInt16BE(value, at);
        break;
      case CODE.int:
        this.#bytes.writeInt32BE(value, at);
        break;
      case CODE.float:
        this.#bytes.writeFloatBE(value, at);
        break;
      case CODE.double:
        this.#bytes.writeDoubleBE(value, at);
        break;
      default:
        this.#bytes.writeUInt32BE(value, at);
    }
  }

  /** Copies bytes, from `from` to `to`. */
  raw(bytes: Buffer, from = 0, to = bytes.length): void {
    const at = this.room(to - from);
    bytes.copy(this.#bytes, at, from, to);
  }

  null(): void {
    this.byte(CODE.null);
  }

  boolean(value: boolean): void {
    this.byte(value ? CODE.true : CODE.false);
  }

  uint(value: number): void {
    if (value === 0) this.byte(CODE.uint0);
    else if (value > 0 && value <= 0xff) this.#two(CODE.smallUint, value);
    else {
      this.byte(CODE.uint);
      this.uint32(value);
    }
  }

  /** Throws RangeError for a negative number. */
  ulong(value: number | bigint): void {
    if (value < 0) throw new RangeError(`A ulong is not negative: ${value}`);
    if (value >= 1 && value <= 0xff) this.#two(CODE.smallUlong, Number(value));
    else if (value === 0 || value === 0n) this.byte(CODE.ulong0);
    else {
      this.byte(CODE.ulong);
      this.int64(value);
    }
  }

  int(value: number): void {
    if (value >= -128 && value <= 127) this.#two(CODE.smallInt, value & 0xff);
    else {
      this.byte(CODE.int);
      this.fixed(CODE.int, value);
    }
  }

  long(value: number | bigint): void {
    if (value >= -128 && value <= 127) this.#two(CODE.smallLong, Number(value) & 0xff);
    else {
      this.byte(CODE.long);
      this.int64(value);
    }
  }

  string(text: string): void {
    this.#text(text, CODE.string8, CODE.string32);
  }

  /** Symbols are ASCII (part 1 §1.6.21); other characters of a peer's symbols are returned unchanged. */
  symbol(text: string): void {
    if (!NOT_ASCII.test(text)) this.#text(text, CODE.symbol8, CODE.symbol32);
    else {
      this.byte(CODE.symbol32);
      this.sized(Buffer.from(text, 'latin1'));
    }
  }

  binary(bytes: Buffer): void {
    if (bytes.length <= 0xff) this.#two(CODE.binary8, bytes.length);
    else {
      this.byte(CODE.binary32);
      this.uint32(bytes.length);
    }
    this.raw(bytes);
  }

  /** The descriptor that comes before a described value. */
  descriptor(code: number): void {
    this.byte(CODE.described);
    this.ulong(code);
  }

  /** Begins a list, map or array in its 32-bit form. Returns what `close` wants. */
  open(code: number): number {
    this.byte(code);
    return this.openItems();
  }

  close(mark: number, count: number): void {
    this.setUint32(this.length - mark - 4, mark);
    this.setUint32(count, mark + 4);
  }

  /** The same where the format code is known from an array. */
  openItems(): number {
    return this.room(8);
  }

  /** A length and that many bytes. */
  sized(bytes: Buffer): void {
    this.uint32(bytes.length);
    this.raw(bytes);
  }

  #two(code: number, value: number): void {
    const at = this.room(2);
    this.#bytes[at] = code;
    this.#bytes[at + 1] = value;
  }

  #text(text: string, short: number, long: number): void {
    // three bytes is the most that a UTF-16 code unit takes
    if (text.length * 3 > 0xff && Buffer.byteLength(text) > 0xff) {
      this.byte(long);
      this.sized(Buffer.from(text));
      return;
    }
    const at = this.room(2 + text.length * 3);
    const length = this.#ascii(text, at + 2) ? text.length : this.#bytes.write(text, at + 2);
    this.#bytes[at] = short;
    this.#bytes[at + 1] = length;
    this.length = at + 2 + length;
  }

  /** Writes short ASCII text, which is the usual case, without a call into C++. False if the text is another one. */
  #ascii(text: string, at: number): boolean {
    if (text.length > SHORT) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at + i] = code;
    }
    return true;
  }
}

/** The bytes that `write` writes. Its buffer is used again, unless it has become large. */
export const encode = (write: (encoder: Encoder) => void): Buffer => {
  const encoder = spare ?? new Encoder();
  spare = undefined; // `write` may call this function as well
  encoder.clear();
  write(encoder);
  if (encoder.capacity <= LARGE) spare = encoder;
  return encoder.copy();
};

let spare: Encoder | undefined;
const LARGE = 1024 * 1024;

const NOT_ASCII = /[^\x00-\x7f]/;
