/** Bytes of one entry. */
const ROOM = 320;

/**
 * A few bytes for each of so many entries, in one buffer: nothing that a garbage collector would have to copy. It is made when
 * something is kept first.
 */
export class ShortRequests {
  readonly #entries: number;
  #bytes: Buffer | undefined;
  readonly #lengths: Uint16Array;

  constructor(entries: number) {
    this.#entries = entries;
    this.#lengths = new Uint16Array(entries);
  }

  fits(request: Uint8Array): boolean {
    return request.length <= ROOM;
  }

  put(entry: number, request: Uint8Array): void {
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#entries * ROOM);
    this.#bytes.set(request, entry * ROOM);
    this.#lengths[entry] = request.length;
  }

  /** A copy of what was put. */
  read(entry: number): Buffer {
    const start = entry * ROOM;
    return Buffer.from(this.#bytes?.subarray(start, start + (this.#lengths[entry] ?? 0)) ?? []);
  }
}
