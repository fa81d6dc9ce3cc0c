import { type Frame, levelOf, MAX_CONNECT, MAX_REMAINING, TYPE, violationOf } from './packet-rules.ts';

/** Why a connection is closed, what to do about it, and what is still sent to the client. */
export interface GateRefusal {
  readonly cause: string;
  /** Default: to check the library. */
  readonly remedy?: string;
  readonly reply?: Buffer;
}

/** CONNACK with return code 1: a protocol level that the hub does not support. */
const WRONG_LEVEL = Buffer.from([TYPE.connack << 4, 2, 0, 1]);

/**
 * Cuts the bytes of a connection into whole, valid packets. Without it aedes would buffer as much as the header of a packet
 * claims, before the client is authenticated.
 */
export class Gate {
  /** Set by the first packet that is not valid; nothing passes afterwards. */
  refusal: GateRefusal | undefined;
  /** True after DISCONNECT. */
  isDisconnected = false;
  /** True if all packets of the last `take` are PUBLISH. */
  areAllPublish = false;
  /** Set from outside: drops everything that comes. */
  isShut = false;
  #connected = false;
  /** The beginning of a packet whose length is not known yet. */
  #stub: Buffer | undefined;
  /** A packet that has not arrived completely, in a buffer of its final length. */
  #partial: Buffer | undefined;
  /** Bytes of it that have arrived. */
  #filled = 0;

  /** The whole packets that `chunk` completes; null if there are none. The rest is kept. */
  take(chunk: Buffer): Buffer | null {
    const bytes = this.#isClosed() ? undefined : this.#assemble(chunk);
    if (bytes === undefined) return null;
    let at = 0;
    this.areAllPublish = true;
    while (at < bytes.length && !this.#isClosed()) {
      const start = this.#startOf(bytes, at);
      if (start === undefined) {
        if (this.refusal === undefined) this.#stub = Buffer.from(bytes.subarray(at));
        break;
      }
      const frame = { bytes, start, end: start + this.#remaining, first: bytes[at] ?? 0 };
      this.refusal = this.#refuseHeader(frame);
      if (this.refusal !== undefined) break;
      if (frame.end > bytes.length) {
        this.#keep(bytes, at, frame.end);
        break;
      }
      this.refusal = refusePacket(frame);
      if (this.refusal !== undefined) break;
      this.#connected = true;
      const type = frame.first >> 4;
      if (type !== TYPE.publish) this.areAllPublish = false;
      if (type === TYPE.disconnect) this.isDisconnected = true;
      at = frame.end;
    }
    if (at === 0) return null;
    return at === bytes.length ? bytes : bytes.subarray(0, at);
  }

  #isClosed(): boolean {
    return this.refusal !== undefined || this.isDisconnected || this.isShut;
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

  #keep(bytes: Buffer, from: number, to: number): void {
    this.#partial = Buffer.allocUnsafe(to - from);
    this.#filled = bytes.copy(this.#partial, 0, from);
  }

  /** Remaining length of the packet, set by `#startOf`. */
  #remaining = 0;

  /** Index of the variable header; undefined if the length is not complete or, with a refusal, not valid. */
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

  #refuseHeader({ start, end, first }: Frame): GateRefusal | undefined {
    const type = first >> 4;
    const length = end - start;
    if (this.#connected === (type === TYPE.connect))
      return { cause: this.#connected ? 'a second CONNECT' : 'a first packet that is not a CONNECT' }; // [MQTT-3.1.0-1, 2]
    if (type === TYPE.connect && length > MAX_CONNECT) return { cause: `a CONNECT of more than ${MAX_CONNECT} bytes` };
    return length > MAX_REMAINING ? { cause: `a packet of ${length} bytes` } : undefined;
  }
}

const refusePacket = (frame: Frame): GateRefusal | undefined => {
  if (frame.first >> 4 === TYPE.connect) {
    const level = levelOf(frame);
    if (level !== undefined && level !== 4)
      return {
        cause: `MQTT of protocol level ${level}`,
        remedy: 'set the protocol version of the client to 3.1.1 (level 4)',
        reply: WRONG_LEVEL,
      };
  }
  const cause = violationOf(frame);
  return cause === undefined ? undefined : { cause };
};
