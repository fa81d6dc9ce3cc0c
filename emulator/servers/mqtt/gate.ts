import type { Duplex } from 'node:stream';
import { type Frame, faultOf, levelOf, MAX_CONNECT, MAX_REMAINING, TYPE } from './frame.ts';

/** Why a connection was refused, and what it is still told. */
export interface Refusal {
  readonly cause: string;
  readonly reply?: Buffer;
}

/** CONNACK with return code 1: a protocol level that the hub does not speak. */
const WRONG_LEVEL = Buffer.from([TYPE.connack << 4, 2, 0, 1]);

/**
 * Cuts a connection's bytes into whole, valid packets. Without it the broker would hoard whatever a packet's header
 * claims, before anybody has said who he is.
 */
export class Gate {
  /** Set when something inadmissible came; nothing is let through afterwards. */
  refusal: Refusal | undefined;
  /** True once the client said DISCONNECT: it does not want its will published. */
  goodbye = false;
  /** True while nothing is let through and nothing is said of it. */
  isDeaf = false;
  #connected = false;
  /** Of a packet whose length is not known yet. */
  #stub: Buffer | undefined;
  /** A packet in the making, as long as it will be. */
  #partial: Buffer | undefined;
  #filled = 0;

  /** The whole packets that `chunk` completes; null if there are none. What is left is kept. */
  take(chunk: Buffer): Buffer | null {
    const bytes = this.#refusedOrDone() ? undefined : this.#assemble(chunk);
    if (bytes === undefined) return null;
    let at = 0;
    while (at < bytes.length && !this.#refusedOrDone()) {
      const start = this.#startOf(bytes, at);
      if (start === undefined) {
        if (this.refusal === undefined) this.#stub = Buffer.from(bytes.subarray(at));
        break;
      }
      const frame = { bytes, start, end: start + this.#remaining, first: bytes[at] ?? 0 };
      this.refusal = this.#refuseHeader(frame);
      if (this.refusal !== undefined) break;
      if (frame.end > bytes.length) {
        this.#hold(bytes, at, frame.end);
        break;
      }
      this.refusal = refuseFrame(frame);
      if (this.refusal !== undefined) break;
      this.#connected = true;
      if (frame.first >> 4 === TYPE.disconnect) this.goodbye = true;
      at = frame.end;
    }
    if (at === 0) return null;
    return at === bytes.length ? bytes : bytes.subarray(0, at);
  }

  #refusedOrDone(): boolean {
    return this.refusal !== undefined || this.goodbye || this.isDeaf;
  }

  #assemble(chunk: Buffer): Buffer | undefined {
    if (this.#stub !== undefined) {
      const bytes = Buffer.concat([this.#stub, chunk]);
      this.#stub = undefined;
      return bytes;
    }
    if (this.#partial === undefined) return chunk;
    const partial = this.#partial;
    const used = chunk.copy(partial, this.#filled);
    this.#filled += used;
    if (this.#filled < partial.length) return undefined;
    this.#partial = undefined;
    return used === chunk.length ? partial : Buffer.concat([partial, chunk.subarray(used)]);
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    this.#partial = Buffer.allocUnsafe(to - from);
    this.#filled = bytes.copy(this.#partial, 0, from);
  }

  /** Remaining length of the packet that `#startOf` has looked at. */
  #remaining = 0;

  /** Where the variable header begins; undefined if the length is not complete or, with a refusal, not valid. */
  #startOf(bytes: Buffer, at: number): number | undefined {
    let remaining = 0;
    for (let i = 0; i < 4; i += 1) {
      const byte = bytes[at + 1 + i];
      if (byte === undefined) return undefined;
      remaining += (byte & 0x7f) * 128 ** i;
      if ((byte & 0x80) === 0) {
        this.#remaining = remaining;
        return at + 2 + i;
      }
    }
    this.refusal = { cause: 'a remaining length of more than four bytes' }; // [MQTT-2.2.3]
    return undefined;
  }

  #refuseHeader({ start, end, first }: Frame): Refusal | undefined {
    const type = first >> 4;
    const length = end - start;
    if (this.#connected === (type === TYPE.connect))
      return { cause: this.#connected ? 'a second CONNECT' : 'a first packet that is no CONNECT' }; // [MQTT-3.1.0-1, 2]
    if (type === TYPE.connect && length > MAX_CONNECT) return { cause: `a CONNECT of more than ${MAX_CONNECT} bytes` };
    return length > MAX_REMAINING ? { cause: `a packet of ${length} bytes` } : undefined;
  }
}

const refuseFrame = (frame: Frame): Refusal | undefined => {
  if (frame.first >> 4 === TYPE.connect) {
    const level = levelOf(frame);
    if (level !== undefined && level !== 4)
      return { cause: `MQTT of level ${level}: the hub speaks 3.1.1, level 4`, reply: WRONG_LEVEL };
  }
  const cause = faultOf(frame);
  return cause === undefined ? undefined : { cause };
};

/**
 * Puts a gate before everything that aedes reads from `conn`, which it does by `read()`; a refusal closes the connection.
 */
export const guard = (conn: Duplex, refused: (refusal: Refusal) => void): Gate => {
  const gate = new Gate();
  const pull = conn.read.bind(conn);
  let parsing = false;
  const parsed = (): void => {
    parsing = false;
  };
  conn.read = (size?: number): Buffer | null => {
    if (size === 0) return pull(0); // how Node's streams ask their source for more, without taking anything
    // aedes asks for more from within its parser when a packet was handled at once, and the parser cannot be re-entered
    if (parsing || gate.refusal !== undefined) return null;
    const chunk: Buffer | null = pull();
    const packets = chunk === null ? null : gate.take(chunk);
    if (packets !== null) {
      parsing = true;
      process.nextTick(parsed);
    }
    // set by take(); the packets before the fault are handled first
    const refusal = gate.refusal as Refusal | undefined;
    if (refusal !== undefined) process.nextTick(refuse, conn, refusal, refused);
    return packets;
  };
  return gate;
};

const refuse = (conn: Duplex, refusal: Refusal, refused: (refusal: Refusal) => void): void => {
  if (conn.destroyed) return;
  refused(refusal);
  if (refusal.reply === undefined) conn.destroy();
  else conn.write(refusal.reply, () => conn.destroy());
};
