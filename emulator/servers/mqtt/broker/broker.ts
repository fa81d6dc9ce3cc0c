import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { Log } from '../../../log.ts';
import { diagnostics } from '../../diagnostics.ts';
import { FairTurns } from '../../fair-turns.ts';
import { connack } from '../diagnostics.ts';
import type { MqttApplication, OpenSession, ReplyMode, ReturnCode } from './application.ts';
import { Connection, type ConnectionParts, connectionOf, type Transport } from './connection.ts';
import { silence, silentQueue } from './no-relay.ts';
import { Outbox } from './outbox.ts';
import type { GateRefusal } from './packet-gate.ts';
import { persistence } from './persistence.ts';
import { dropIfClosed, Takeover } from './takeover.ts';

export interface BrokerOptions {
  readonly application: MqttApplication;
  readonly log: Log;
  /** Seconds; also used for clients that ask for no keep-alive. A silent client is dropped after 1.5 times the keep-alive. */
  readonly longestKeepAlive: number;
}

/** MQTT 3.1.1 between clients and an application. Relays, stores and retains nothing; does not listen. */
export class Broker {
  readonly #application: MqttApplication;
  readonly #takeover = new Takeover();
  /** Admitted connections by client id. */
  readonly #connections = new Map<string, Connection>();
  readonly #aedes: Aedes;
  /** What connections share. */
  readonly #parts: ConnectionParts;

  constructor({ application, log, longestKeepAlive }: BrokerOptions) {
    this.#application = application;
    this.#aedes = new Aedes({
      mq: silentQueue,
      persistence: persistence<Client>({
        isResumed: (id) => this.#connections.get(id)?.session?.isResumed ?? false,
        acknowledged: (client, messageId) => connectionOf(client).acknowledged(messageId),
      }),
      connectTimeout: 10_000,
      drainTimeout: 10_000,
      queueLimit: 1000,
      preConnect: (client, packet, done) => {
        packet.keepalive = Math.min(packet.keepalive || longestKeepAlive, longestKeepAlive);
        connectionOf(client).connect(packet);
        done(null, true);
      },
      authenticate: (client, _username, password, done) =>
        this.#admit(client, password?.toString(), (code) => done(refusalOf(code), code === undefined)),
      authorizePublish: (client, packet, done) => {
        if (client !== null) connectionOf(client).receive(packet);
        done(null);
      },
      authorizeSubscribe: (client, subscription, done) => connectionOf(client).subscribe(subscription, done),
    });
    this.#parts = {
      outbox: new Outbox(),
      turns: new FairTurns(),
      handle: (stream) => this.#aedes.handle(stream as TLSSocket), // aedes' type for any Duplex
      refused: (connection, refusal) => this.#reportRefusal(connection, refusal),
      failed: ({ clientId }, error) => log.error('Closed a connection', error, { device: clientId }),
    };
    silence(this.#aedes);
    this.#aedes.on('client', dropIfClosed);
    this.#aedes.on('clientReady', (client) => this.#ready(client));
    this.#aedes.on('subscribe', (subscriptions, client) => connectionOf(client).subscribed(subscriptions));
    this.#aedes.on('unsubscribe', (filters, client) => connectionOf(client).unsubscribed(filters));
  }

  /** Connections of clients that were admitted. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Clients that aedes counts: the same number, except for a moment. */
  get registered(): number {
    return this.#aedes.connectedClients;
  }

  async start(): Promise<void> {
    await this.#aedes.listen();
  }

  /** Takes a connection whose first packet is about to come. */
  accept(conn: Duplex, transport: Transport): void {
    const connection = new Connection(conn, transport, this.#parts);
    conn.on('drain', () => connection.drained());
    conn.once('close', () => {
      connection.closed();
      if (this.#connections.get(connection.clientId) === connection) this.#connections.delete(connection.clientId);
    });
  }

  /** Drops all connections. */
  async close(): Promise<void> {
    await new Promise<void>((done) => this.#aedes.close(done));
  }

  #admit(client: Client, password: string | undefined, done: (code?: ReturnCode) => void): void {
    if (client.closed) return; // aedes asks a moment after the CONNECT
    const connection = connectionOf(client);
    const answer = (code?: ReturnCode): void => {
      if (diagnostics.hasSubscribers) diagnostics.publish(connack(code));
      done(code);
    };
    this.#application.admit(connection.request(password), connection, (decision, mode = 'sent') => {
      if (client.closed) return;
      if (typeof decision === 'number') answer(decision);
      else
        this.#takeover.enter(client.id, connection.conn, () => {
          if (!client.closed) answer(this.#open(connection, decision, mode));
        });
    });
  }

  #open(connection: Connection, openSession: OpenSession, mode: ReplyMode): ReturnCode | undefined {
    try {
      const session = openSession();
      if (typeof session === 'number') return session;
      connection.admit(session, mode);
      this.#connections.set(connection.clientId, connection);
      return undefined;
    } catch (error) {
      this.#parts.failed(connection, error);
      return SERVER_UNAVAILABLE;
    }
  }

  #ready(client: Client): void {
    const connection = connectionOf(client);
    this.#takeover.leave(client.id, connection.conn);
    connection.open();
  }

  #reportRefusal({ clientId, session }: Connection, { cause, remedy = CHECK_LIBRARY, reply }: GateRefusal): void {
    if (reply !== undefined && diagnostics.hasSubscribers) diagnostics.publish(connack(1));
    this.#application.violated({ clientId: session === undefined ? undefined : clientId, cause, remedy });
  }
}

const SERVER_UNAVAILABLE = 3;
const CHECK_LIBRARY = 'check the MQTT library: it must send valid packets of MQTT 3.1.1, with QoS 0 or 1';

const refusalOf = (returnCode?: ReturnCode): AuthenticateError | null =>
  returnCode === undefined ? null : Object.assign(new Error('refused'), { returnCode });
