/** Bytes of one entry. */
const ROOM = 320;

/**
 * Two short texts for each of so many entries, in one buffer: nothing that a garbage collector would have to copy. It is made when
 * something is kept first.
 */
export class ShortTexts {
  readonly #entries: number;
  #bytes: Buffer | undefined;
  readonly #ends: Uint16Array;

  constructor(entries: number) {
    this.#entries = entries;
    this.#ends = new Uint16Array(2 * entries);
  }

  fit(head: string, body: Uint8Array): boolean {
    return 3 * head.length + body.length <= ROOM; // a character takes at most three bytes
  }

  put(entry: number, head: string, body: Uint8Array): void {
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#entries * ROOM);
    const start = entry * ROOM;
    const middle = this.#bytes.write(head, start);
    this.#bytes.set(body, start + middle);
    this.#ends[2 * entry] = middle;
    this.#ends[2 * entry + 1] = middle + body.length;
  }

  /** Copies of what was put. */
  read(entry: number): { readonly head: string; readonly body: Buffer } {
    const bytes = this.#bytes?.subarray(entry * ROOM, (entry + 1) * ROOM) ?? Buffer.alloc(0);
    const [middle, end] = [this.#ends[2 * entry], this.#ends[2 * entry + 1]];
    return { head: bytes.toString('utf8', 0, middle), body: Buffer.from(bytes.subarray(middle, end)) };
  }
}
