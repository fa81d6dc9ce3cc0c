import { Buffer } from 'node:buffer'; // the global one is a getter, and each answer would call it
import type { Duplex } from 'node:stream';
import type { Outbox } from './outbox.ts';
import { TYPE } from './packet-rules.ts';

export interface Outgoing {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly qos: 0 | 1;
  /** True for a QoS 1 message that was sent before. */
  readonly isRedelivered?: boolean;
}

/** How much may wait for a client that reads slowly, bytes. */
const MAX_WAITING = 4 * 1024 * 1024;
const MAX_IN_FLIGHT = 0xffff;

/**
 * Writes to one connection, each packet or answer as one buffer. Until `open` everything waits, so that nothing overtakes
 * the CONNACK. A client that reads too slowly (4 MB wait), or acknowledges nothing, is dropped.
 */
export class Writer {
  readonly #conn: Duplex;
  /** By packet id; made when needed, as most clients never get a QoS 1 message. */
  #inFlight: Map<number, (() => void) | undefined> | undefined;
  readonly #outbox: Outbox | undefined;
  #isOpen = false;
  /** What waits for `open`, and later for the outbox. */
  #waiting: Buffer[] | undefined;
  #waitingBytes = 0;
  #lastId = 0;
  /** Takes the bytes instead of the connection, during a fault. */
  #detour: ((bytes: Buffer) => void) | undefined;

  /** Without an outbox everything is sent at once. */
  constructor(conn: Duplex, outbox?: Outbox) {
    this.#conn = conn;
    this.#outbox = outbox;
  }

  /** Bytes that have not reached the operating system yet. */
  get waiting(): number {
    return this.#waitingBytes + this.#conn.writableLength;
  }

  /** Sends what has waited. */
  open(): void {
    this.#isOpen = true;
    this.flush();
  }

  /** Sends what waits for the outbox, before the connection is closed for example. */
  flush(): void {
    const waiting = this.#waiting;
    if (!this.#isOpen || waiting === undefined) return;
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    const first = waiting[0];
    if (first !== undefined) this.#send(waiting.length === 1 ? first : Buffer.concat(waiting));
  }

  /** Sends the CONNACK, ahead of what waits. */
  writeConnack(bytes: Buffer): void {
    if (!this.#conn.destroyed) this.#conn.write(bytes);
  }

  /** `acknowledged` runs at the PUBACK of a QoS 1 message, if it comes. */
  publish(message: Outgoing, acknowledged?: () => void): void {
    const id = message.qos === 0 ? 0 : this.#nextId();
    if (id === undefined) {
      this.#conn.destroy();
      return;
    }
    if (id !== 0) this.#inFlight = (this.#inFlight ?? new Map()).set(id, acknowledged);
    this.write(publishPacket(message, id));
  }

  /** Acknowledges a PUBLISH, if it has a message id, and answers it: one output, if the reply is not to be acknowledged. */
  answer(messageId: number | undefined, reply: Outgoing | undefined): void {
    const puback = messageId === undefined ? undefined : pubackPacket(messageId);
    if (puback !== undefined && reply?.qos === 0) {
      this.write(Buffer.concat([puback, publishPacket(reply, 0)]));
      return;
    }
    if (puback !== undefined) this.write(puback);
    if (reply !== undefined) this.publish(reply);
  }

  /** A PUBACK. False if no message waited for it. */
  acknowledge(id: number): boolean {
    const acknowledged = this.#inFlight?.get(id);
    if (!this.#inFlight?.delete(id)) return false;
    acknowledged?.();
    return true;
  }

  /** Runs `act`, and returns what it would have written. */
  withhold(act: () => void): readonly Buffer[] {
    const output: Buffer[] = [];
    const before = this.#detour;
    this.#detour = (bytes) => output.push(bytes);
    try {
      act();
    } finally {
      this.#detour = before;
    }
    return output;
  }

  replay(output: readonly Buffer[]): void {
    for (const bytes of output) this.write(bytes);
  }

  /** Writes `output` after the next output, or after `timeoutMs` ms without one. */
  replayOvertaken(output: readonly Buffer[], timeoutMs: number): void {
    const release = (): void => {
      clearTimeout(timer);
      if (this.#detour === overtake) this.#detour = undefined;
      this.replay(output);
    };
    const overtake = (bytes: Buffer): void => {
      this.#detour = undefined;
      this.write(bytes);
      release();
    };
    const timer = setTimeout(release, timeoutMs).unref();
    this.#detour = overtake;
  }

  /** Sends nothing from now on. */
  mute(): void {
    this.#detour = () => {};
  }

  write(bytes: Buffer): void {
    if (this.#conn.destroyed) return;
    if (this.#detour !== undefined) {
      this.#detour(bytes);
      return;
    }
    if (this.#isOpen && this.#outbox === undefined) {
      this.#send(bytes);
      return;
    }
    if (this.#waiting === undefined) {
      this.#waiting = [bytes];
      if (this.#isOpen) this.#outbox?.add(this);
    } else this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes <= MAX_WAITING) return;
    if (this.#isOpen) this.flush();
    else this.#conn.destroy();
  }

  #send(bytes: Buffer): void {
    if (this.#conn.destroyed) return;
    if (!this.#conn.write(bytes) && this.#conn.writableLength > MAX_WAITING) this.#conn.destroy();
  }

  #nextId(): number | undefined {
    if (this.#inFlight !== undefined && this.#inFlight.size >= MAX_IN_FLIGHT) return undefined;
    do this.#lastId = (this.#lastId % MAX_IN_FLIGHT) + 1;
    while (this.#inFlight?.has(this.#lastId));
    return this.#lastId;
  }
}

const pubackPacket = (id: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes[0] = TYPE.puback << 4;
  bytes[1] = 2;
  bytes.writeUInt16BE(id, 2);
  return bytes;
};

/** `id` 0 means QoS 0. */
export const publishPacket = ({ topic, payload, isRedelivered = false }: Outgoing, id: number): Buffer => {
  const topicBytes = Buffer.byteLength(topic);
  const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const remaining = 2 + topicBytes + (id === 0 ? 0 : 2) + payloadBytes;
  const bytes = Buffer.allocUnsafe(1 + lengthBytes(remaining) + remaining);
  bytes[0] = (TYPE.publish << 4) | (id === 0 ? 0 : isRedelivered ? DUPLICATE | 2 : 2);
  let at = writeLength(bytes, remaining);
  at = bytes.writeUInt16BE(topicBytes, at);
  at += bytes.write(topic, at);
  if (id !== 0) at = bytes.writeUInt16BE(id, at);
  if (payloadBytes === 0) return bytes; // most answers
  if (typeof payload === 'string') bytes.write(payload, at);
  else bytes.set(payload, at);
  return bytes;
};

/** The DUP flag: MQTT 3.1.1, 3.3.1.1. */
const DUPLICATE = 8;

const lengthBytes = (length: number): number => (length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4);

const writeLength = (bytes: Buffer, length: number): number => {
  let at = 1;
  let rest = length;
  while (rest > 127) {
    bytes[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    at += 1;
  }
  bytes[at] = rest;
  return at + 1;
};
