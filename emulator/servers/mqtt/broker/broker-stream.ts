import type { Duplex } from 'node:stream';
import type { FairTurns, Reader } from '../../fair-turns.ts';
import type { Gate, GateRefusal } from './packet-gate.ts';
import { isWholePacket } from './packet-rules.ts';

/** The connection behind the stream. */
export interface BrokerStreamOwner {
  readonly conn: Duplex;
  readonly gate: Gate;
  /** Takes a packet that aedes writes: CONNACK, SUBACK, UNSUBACK or PINGRESP. */
  writeForBroker(packet: Buffer): void;
  /** Takes PUBLISH packets, unless aedes has to take them: then it returns false. */
  takePublishes(packets: Buffer): boolean;
  /** A packet is not valid; those before it are being handled. */
  refuse(refusal: GateRefusal): void;
}

/**
 * The stream that aedes uses as `client.conn`, with those members of a stream that it needs. Events are those of the connection
 * beneath.
 */
export class BrokerStream<Owner extends BrokerStreamOwner> implements Reader {
  readonly owner: Owner;
  readonly #turns: FairTurns;
  #isParsing = false;
  /** A packet that aedes has not written completely yet. */
  #piece: Buffer | undefined;

  constructor(owner: Owner, turns: FairTurns) {
    this.owner = owner;
    this.#turns = turns;
  }

  /** Whole, valid packets for aedes; null if there are none. */
  read(): Buffer | null {
    const { conn, gate } = this.owner;
    // aedes asks for more from within its parser when a packet was handled at once, and the parser cannot be re-entered
    if (this.#isParsing || gate.refusal !== undefined || !this.#turns.mayRead(this)) return null;
    const chunk = readAll(conn);
    if (chunk === null) return null;
    const packets = this.#forAedes(gate.take(chunk));
    if (packets !== null) {
      this.#isParsing = true;
      process.nextTick(BrokerStream.#endParsing, this);
    }
    const refusal: GateRefusal | undefined = gate.refusal;
    if (refusal !== undefined) process.nextTick(refuse, this.owner, refusal);
    return packets;
  }

  /** aedes parses and relays PUBLISH packets at a price: while a connection is open it needs to see only the others. */
  #forAedes(packets: Buffer | null): Buffer | null {
    const { gate } = this.owner;
    return packets !== null && gate.areAllPublish && this.owner.takePublishes(packets) ? null : packets;
  }

  /** Makes aedes call `read` again. */
  readAgain(): void {
    this.owner.conn.emit('readable');
  }

  /** Puts the pieces together in which aedes writes a packet. Takes any number of them: the writer limits what waits. */
  write(piece: Buffer): boolean {
    const packet = this.#piece === undefined ? piece : Buffer.concat([this.#piece, piece]);
    const isWhole = isWholePacket(packet);
    this.#piece = isWhole ? undefined : packet;
    if (isWhole) this.owner.writeForBroker(packet);
    return true;
  }

  static #endParsing<O extends BrokerStreamOwner>(stream: BrokerStream<O>): void {
    stream.#isParsing = false;
  }

  get destroyed(): boolean {
    return this.owner.conn.destroyed;
  }

  destroy(error?: Error): void {
    this.owner.conn.destroy(error);
  }

  on(event: string, listener: () => void): this {
    this.owner.conn.on(event, listener);
    return this;
  }

  removeAllListeners(event: string): this {
    this.owner.conn.removeAllListeners(event);
    return this;
  }

  emit(event: string): boolean {
    return this.owner.conn.emit(event);
  }
}

/** All that has arrived. Since Node 26 `read()` returns one buffer at a time, and aedes reads once for all of them. */
const readAll = (conn: Duplex): Buffer | null => {
  const first: Buffer | null = conn.read();
  if (first === null || conn.readableLength === 0) return first;
  const chunks = [first];
  for (let next: Buffer | null = conn.read(); next !== null; next = conn.read()) chunks.push(next);
  return Buffer.concat(chunks);
};

const refuse = (owner: BrokerStreamOwner, refusal: GateRefusal): void => owner.refuse(refusal);
