import type { Duplex } from 'node:stream';
import type { Encoder } from '../codec/encoder.ts';
import type { Limits } from '../limits.ts';
import type { Flushable, Outbox } from './outbox.ts';

const ONE_WRITE = 64 * 1024;

/** What `Output` needs of its connection. */
export interface OutputOwner {
  /** Writes frames that were delayed until now. */
  beforeFlush(): void;
  /** Something was written. */
  sent(): void;
  /** The peer does not read. */
  stuck(): void;
}

/** The output of a connection. All frames of one turn of the event loop leave in one write. */
export class Output implements Flushable {
  /** True while input is handled; the connection flushes when it is done. */
  isHeld = false;
  readonly #stream: Duplex;
  readonly #outbox: Outbox;
  readonly #limits: Limits;
  readonly #owner: OutputOwner;
  #encoder: Encoder | undefined;
  #isMuted = false;

  constructor(stream: Duplex, { outbox, limits }: { outbox: Outbox; limits: Limits }, owner: OutputOwner) {
    this.#stream = stream;
    this.#outbox = outbox;
    this.#limits = limits;
    this.#owner = owner;
  }

  /** True while the peer has so much to read that queued messages must wait. */
  get isCongested(): boolean {
    return this.#stream.writableLength > this.#limits.congested;
  }

  /** The encoder to write frames with; valid until the next call. */
  encoder(): Encoder {
    if (this.#encoder !== undefined && this.#encoder.length >= ONE_WRITE) this.#write();
    this.request();
    this.#encoder ??= this.#outbox.borrow();
    return this.#encoder;
  }

  /** Makes sure that `flush` is called in this turn. */
  request(): void {
    if (!this.isHeld) this.#outbox.add(this);
  }

  flush(): void {
    const wasHeld = this.isHeld;
    this.isHeld = true;
    this.#owner.beforeFlush();
    this.isHeld = wasHeld;
    this.#write();
  }

  /** Discards what was not flushed. */
  drop(): void {
    this.#outbox.remove(this);
    if (this.#encoder !== undefined) this.#outbox.giveBack(this.#encoder);
    this.#encoder = undefined;
  }

  /** Sends nothing from now on. */
  mute(): void {
    this.#isMuted = true;
  }

  #write(): void {
    const encoder = this.#encoder;
    if (encoder === undefined) return;
    this.#encoder = undefined;
    const bytes = encoder.copy();
    this.#outbox.giveBack(encoder);
    if (this.#isMuted || bytes.length === 0 || !this.#stream.writable) return;
    this.#stream.write(bytes);
    this.#owner.sent();
    if (this.#stream.writableLength > this.#limits.stuck) this.#owner.stuck();
  }
}
