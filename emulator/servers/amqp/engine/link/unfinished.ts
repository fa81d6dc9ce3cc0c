const LEAST = 4096;

/** A message in several frames. The pieces are copied: each one is a view that would keep a whole chunk in memory. */
export class Unfinished {
  readonly id: number;
  readonly tag: Buffer;
  readonly format: number;
  isSettled: boolean;
  #bytes = Buffer.alloc(0);
  #length = 0;

  constructor({ id, tag, format, isSettled }: { id: number; tag: Buffer; format: number; isSettled: boolean }) {
    this.id = id;
    this.tag = Buffer.from(tag);
    this.format = format;
    this.isSettled = isSettled;
  }

  get length(): number {
    return this.#length;
  }

  /** Allocated memory, in bytes. */
  get size(): number {
    return this.#bytes.length;
  }

  get payload(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.max(length, this.#bytes.length * 2, LEAST));
      this.#bytes.copy(bytes, 0, 0, this.#length);
      this.#bytes = bytes;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
  }
}
