import type { Duplex } from 'node:stream';
import type { Client, ConnectPacket, PublishPacket, Subscription } from 'aedes';
import { diagnostics } from '../../diagnostics.ts';
import type { FairTurns } from '../../fair-turns.ts';
import { suback } from '../diagnostics.ts';
import type { ClientConnection, ClientSession, ConnectRequest, Incoming, ReplyMode } from './application.ts';
import { BrokerStream, type BrokerStreamOwner } from './broker-stream.ts';
import { follow, type State } from './connection-state.ts';
import type { Outbox } from './outbox.ts';
import { Gate, type GateRefusal } from './packet-gate.ts';
import { TYPE } from './packet-rules.ts';
import { RESTORED } from './persistence.ts';
import { readPublishes } from './publish-packets.ts';
import { stayAlive } from './takeover.ts';
import { type Outgoing, Writer } from './writer.ts';

/** How a client is connected. */
export type Transport = Pick<ClientConnection, 'protocol' | 'socket'>;

export interface ConnectionParts {
  readonly outbox: Outbox;
  readonly turns: FairTurns;
  /** Makes aedes' end of the connection. */
  readonly handle: (conn: Duplex) => Client;
  /** A packet is not valid: the connection is being closed. */
  readonly refused: (connection: Connection, refusal: GateRefusal) => void;
  /** The application threw: the connection is being closed. */
  readonly failed: (connection: Connection, error: unknown) => void;
}

/** One connection, between aedes and the session that the application has opened for it. */
export class Connection implements ClientConnection, BrokerStreamOwner {
  readonly protocol: Transport['protocol'];
  readonly socket: Duplex;
  /** The stream of MQTT bytes. */
  readonly conn: Duplex;
  readonly gate = new Gate();
  readonly #parts: ConnectionParts;
  readonly #client: Client;
  readonly #writer: Writer;
  #state: State = 'handshaking';
  #session: ClientSession | undefined;
  /** Until the connection is open. */
  #connect: ConnectPacket | undefined;
  #will: ConnectPacket['will'];
  #connack: ReplyMode = 'sent';
  #suback: ReplyMode = 'sent';

  constructor(conn: Duplex, { protocol, socket }: Transport, parts: ConnectionParts) {
    this.protocol = protocol;
    this.socket = socket;
    this.conn = conn;
    this.#parts = parts;
    this.#writer = new Writer(conn, parts.outbox);
    this.#client = parts.handle(conn);
    this.#client.conn = new BrokerStream(this, parts.turns) as unknown as Duplex; // it has what aedes uses of one
  }

  get clientId(): string {
    return this.#client.id;
  }

  /** Undefined until the client was admitted. */
  get session(): ClientSession | undefined {
    return this.#session;
  }

  get isOpen(): boolean {
    return !this.#client.closed;
  }

  get waiting(): number {
    return this.#writer.waiting;
  }

  // Calls of the broker, in the order in which they come

  /** A CONNECT has come. */
  connect(packet: ConnectPacket): void {
    this.#connect = packet;
    this.#will = packet.will;
  }

  request(password: string | undefined): ConnectRequest {
    const { clientId = '', username, clean = true } = this.#connect ?? {};
    return { clientId, username, password, clean };
  }

  admit(session: ClientSession, connack: ReplyMode): void {
    this.#go('admitted');
    this.#session = session;
    this.#connack = connack;
  }

  /** The CONNACK has been written. */
  open(): void {
    if (this.#state === 'closed') return; // aedes goes on for a moment
    this.#go('open');
    if (this.#connect !== undefined) delete this.#connect.password; // aedes' parser keeps the packet
    this.#connect = undefined;
    this.#writer.open();
    if (this.#connack === 'last') this.cut('afterwards');
  }

  takePublishes(packets: Buffer): boolean {
    if (this.#state !== 'open') return false;
    readPublishes(packets, this.#take);
    stayAlive(this.#client);
    return true;
  }

  /** The will is due, or a PUBLISH has come before the connection was open. */
  receive(packet: PublishPacket): void {
    const { topic, retain } = packet;
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const messageId = packet.qos === 0 ? undefined : packet.messageId;
    this.#take({ topic, payload, retain, messageId, packet: undefined }, packet === this.#will);
    packet.qos = 0; // so that aedes does not acknowledge it too
  }

  /** A filter of a SUBSCRIBE. aedes grants what it gets back, and refuses for null. */
  subscribe(subscription: Subscription, done: (error: null, granted: Subscription | null) => void): void {
    const { topic } = subscription;
    if (this.#state === 'admitted' && topic === RESTORED.topic) {
      done(null, subscription);
      return;
    }
    this.#session?.subscribe(topic, (isGranted, mode = 'sent') => {
      if (mode !== 'sent') this.#suback = mode;
      const granted = isGranted ? subscription : null;
      if (diagnostics.hasSubscribers) diagnostics.publish(suback(topic, granted));
      done(null, granted);
    });
  }

  /** The SUBACK has been written. */
  subscribed(subscriptions: readonly Subscription[]): void {
    const granted = subscriptions.flatMap(({ topic, qos }) => (qos === 0 || qos === 1 ? [{ filter: topic, qos }] : []));
    if (granted.length > 0) this.#session?.subscribed(granted);
    if (this.#suback === 'last') this.cut('afterwards');
    this.#suback = 'sent';
  }

  /** The UNSUBACK has been written. */
  unsubscribed(filters: readonly string[]): void {
    if (this.isOpen) this.#session?.unsubscribed(filters); // aedes also calls it when a clean session ends
  }

  acknowledged(messageId: number): void {
    this.#writer.acknowledge(messageId);
  }

  drained(): void {
    if (this.#state === 'open') this.#session?.drained();
  }

  /** The stream has closed. */
  closed(): void {
    this.#go('closed');
    this.#session?.closed(this.gate.refusal ? 'protocol' : this.gate.isDisconnected ? 'client' : 'lost');
  }

  writeForBroker(packet: Buffer): void {
    const type = (packet[0] ?? 0) >> 4;
    if (type === TYPE.connack) this.#writer.writeConnack(packet);
    else if (type !== TYPE.suback || this.#suback !== 'lost') this.#writer.write(packet);
  }

  refuse(refusal: GateRefusal): void {
    if (this.conn.destroyed) return;
    this.#writer.flush(); // the answers to the packets before
    this.#parts.refused(this, refusal);
    if (refusal.reply === undefined) this.conn.destroy();
    else this.conn.write(refusal.reply, () => this.conn.destroy());
  }

  // Calls of the session

  publish(message: Outgoing, acknowledged?: () => void): void {
    this.#writer.publish(message, acknowledged);
  }

  answer(messageId: number | undefined, reply: Outgoing | undefined): void {
    this.#writer.answer(messageId, reply);
  }

  close(): void {
    this.#writer.flush();
    this.#client.close();
  }

  reject(): void {
    this.gate.isShut = true;
    this.#writer.flush();
    this.conn.destroy();
  }

  // Calls of faults

  withhold(act: () => void): readonly Buffer[] {
    return this.#writer.withhold(act);
  }

  replay(output: readonly Buffer[]): void {
    this.#writer.replay(output);
  }

  replayOvertaken(output: readonly Buffer[], timeoutMs: number): void {
    this.#writer.replayOvertaken(output, timeoutMs);
  }

  cut(when: 'now' | 'afterwards'): void {
    const { conn } = this;
    if (when === 'now') {
      conn.destroy();
      return;
    }
    this.gate.isShut = true;
    this.#writer.flush();
    conn.end();
    setTimeout(() => conn.destroy(), LINGER).unref(); // the client may not close its end
  }

  mute(): void {
    this.gate.isShut = true;
    this.#writer.mute();
  }

  readonly #take = (message: Incoming, isWill = false): void => {
    try {
      if (isWill) this.#session?.receiveWill(message);
      else if (!this.gate.isShut) this.#session?.receive(message);
    } catch (error) {
      this.#parts.failed(this, error);
      this.reject();
    }
  };

  #go(next: State): void {
    this.#state = follow(this.#state, next);
  }
}

/** The connection of a client of aedes, whose `conn` the constructor has set. */
export const connectionOf = (client: Client): Connection => (client.conn as unknown as BrokerStream<Connection>).owner;

/** How long a connection may take to end, ms. */
const LINGER = 1_000;
