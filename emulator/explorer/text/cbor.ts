/**
 * Decodes one CBOR item for people to read: byte strings as hexadecimal, tags left out.
 * https://www.rfc-editor.org/rfc/rfc8949. Throws an Error for what is not CBOR.
 */
export const decodeCbor = (bytes: Uint8Array): unknown => {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (!reader.isAtEnd) throw new Error('There are bytes behind the CBOR item.');
  return value;
};

const MOST_DEPTH = 64;
const BREAK = Symbol('break');

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  item(depth: number): unknown {
    const value = this.#next(depth);
    if (value === BREAK) throw new Error('A break stands where a value should be.');
    return value;
  }

  #next(depth: number): unknown {
    if (depth > MOST_DEPTH) throw new Error('CBOR is nested too deep.');
    const head = this.#view.getUint8(this.#take(1));
    const major = head >> 5;
    const short = head & 31;
    if (major === 7) return this.#simple(short);
    if (short === 31) return this.#open(major, depth);
    const length = this.#argument(short);
    switch (major) {
      case 0:
        return length;
      case 1:
        return -1 - length;
      case 2:
        return `0x${[...this.#slice(length)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
      case 3:
        return new TextDecoder().decode(this.#slice(length));
      case 4:
        return Array.from({ length: this.#count(length) }, () => this.item(depth + 1));
      case 5:
        return Object.fromEntries(Array.from({ length: this.#count(length) }, () => this.#pair(depth)));
      default:
        return this.item(depth + 1); // a tag
    }
  }

  /** Items of unknown number, up to a break. */
  #open(major: number, depth: number): unknown {
    const items: unknown[] = [];
    for (let item = this.#next(depth + 1); item !== BREAK; item = this.#next(depth + 1)) items.push(item);
    if (major === 3) return items.join('');
    if (major === 4) return items;
    const pairs = Array.from({ length: items.length / 2 }, (_, i) => [String(items[2 * i]), items[2 * i + 1]]);
    return Object.fromEntries(pairs);
  }

  #simple(short: number): unknown {
    if (short === 31) return BREAK;
    if (short === 25) return this.#half();
    if (short === 26) return this.#view.getFloat32(this.#take(4));
    if (short === 27) return this.#view.getFloat64(this.#take(8));
    return { 20: false, 21: true, 22: null }[short];
  }

  #half(): number {
    const bits = this.#view.getUint16(this.#take(2));
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }

  #argument(short: number): number {
    if (short < 24) return short;
    if (short === 24) return this.#view.getUint8(this.#take(1));
    if (short === 25) return this.#view.getUint16(this.#take(2));
    if (short === 26) return this.#view.getUint32(this.#take(4));
    if (short === 27) return Number(this.#view.getBigUint64(this.#take(8)));
    throw new Error('This is not CBOR.');
  }

  #pair(depth: number): [string, unknown] {
    return [String(this.item(depth + 1)), this.item(depth + 1)];
  }

  /** No more items than there are bytes, whatever the head says. */
  #count(length: number): number {
    if (length > this.#bytes.length - this.#at) throw new Error('CBOR ends too early.');
    return length;
  }

  #slice(length: number): Uint8Array {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  #take(length: number): number {
    const from = this.#at;
    if (from + length > this.#bytes.length) throw new Error('CBOR ends too early.');
    this.#at += length;
    return from;
  }
}
