import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { Aedes, type Client, type PublishPacket, type Subscription } from 'aedes';
import { HubError } from '../../../protocol/errors.ts';
import { parseFilter } from '../../../protocol/topics.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import { type Clock, systemClock } from '../../hub/clock.ts';
import type { Hub } from '../../hub/hub.ts';
import { type Log, printable } from '../../log.ts';
import { arrivalOf, seat } from './arrival.ts';
import { peerCertificate } from './certificate.ts';
import { keepAliveOf, type ReturnCode, readCaller } from './connect.ts';
import { guard } from './gate.ts';
import { Line, type Transport } from './line.ts';
import { Outbox } from './outbox.ts';
import { persistence } from './persistence.ts';
import { silence, silentQueue } from './silence.ts';
import { dropIfClosed, Takeover } from './takeover.ts';
import { webSocketDoor } from './web-socket.ts';

export interface MqttOptions {
  readonly hub: Hub;
  readonly auth: Pick<Authenticator, 'device'>;
  readonly log: Log;
  /** True if the TLS door verifies client certificates against CAs of ours. */
  readonly hasDeviceCa?: boolean;
  /** Token expiry follows it; default the machine's clock, whatever the hub's is. */
  readonly wallClock?: Clock;
}

export interface MqttServer {
  /** Devices and modules that are connected. */
  readonly connections: number;
  /** How many the broker believes in: the same, but for a moment. */
  readonly registered: number;
  /** Takes a connection whose first packet is about to come. */
  accept(socket: Duplex): void;
  /** Takes an HTTP upgrade: WebSocket with the sub-protocol `mqtt` at `/$iothub/websocket`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Drops all connections. */
  close(): Promise<void>;
}

/** Starts MQTT 3.1.1 for `hub`; it listens to nothing itself. */
export const startMqtt = async (options: MqttOptions): Promise<MqttServer> => {
  const server = new Server(options);
  await server.listen();
  return server;
};

class Server implements MqttServer {
  readonly #hub: Hub;
  readonly #auth: Pick<Authenticator, 'device'>;
  readonly #log: Log;
  readonly #wallClock: Clock;
  readonly #hasDeviceCa: boolean;
  readonly #takeover = new Takeover();
  readonly #outbox = new Outbox();
  readonly #lines = new Map<string, Line>();
  readonly #broker: Aedes;
  readonly upgrade: MqttServer['upgrade'];

  constructor({ hub, auth, log, wallClock, hasDeviceCa = false }: MqttOptions) {
    this.#hasDeviceCa = hasDeviceCa;
    this.#hub = hub;
    this.#auth = auth;
    this.#log = log;
    this.#wallClock = wallClock ?? systemClock;
    this.upgrade = webSocketDoor((stream, socket) => this.#take(stream, { protocol: 'mqtt-ws', socket }));
    this.#broker = new Aedes({
      mq: silentQueue,
      persistence: persistence({
        present: (id) => this.#lines.get(id)?.present ?? false,
        acknowledged: (id, messageId) => this.#lines.get(id)?.writer.acknowledge(messageId),
      }),
      connectTimeout: 10_000,
      drainTimeout: 10_000,
      queueLimit: 1000,
      preConnect: (client, packet, done) => {
        const arrival = arrivalOf(client);
        arrival.connect = packet;
        arrival.will = packet.will;
        packet.keepalive = keepAliveOf(packet.keepalive);
        done(null, true);
      },
      authenticate: (client, _username, password, done) =>
        this.#admit(client, password?.toString(), (code) => done(refusalOf(code), code === undefined)),
      authorizePublish: (client, packet, done) => done(client === null ? null : this.#receive(client, packet)),
      authorizeSubscribe: (client, subscription, done) => done(null, this.#serves(client, subscription)),
    });
    silence(this.#broker);
    this.#broker.on('client', dropIfClosed);
    this.#broker.on('clientReady', (client) => {
      const arrival = arrivalOf(client);
      arrival.arrived?.();
      arrival.arrived = undefined;
      if (arrival.connect !== undefined) delete arrival.connect.password; // aedes' parser keeps the packet
      arrival.connect = undefined;
      arrival.line?.writer.open();
    });
    this.#broker.on('subscribe', (subscriptions, client) => this.#subscribed(client, subscriptions));
    // the broker answers these itself, after what was answered before
    this.#broker.on('ping', (_packet, client) => arrivalOf(client).line?.writer.flush());
    this.#broker.on('unsubscribe', (filters, client) => this.#unsubscribed(client, filters));
  }

  get connections(): number {
    return this.#lines.size;
  }

  get registered(): number {
    return this.#broker.connectedClients;
  }

  async listen(): Promise<void> {
    await this.#broker.listen();
  }

  accept(socket: Duplex): void {
    this.#take(socket, { protocol: 'mqtt', socket });
  }

  async close(): Promise<void> {
    for (const line of [...this.#lines.values()])
      if (this.#hub.sessions.find(line.key) === line) this.#hub.sessions.drop(line.key, 'shutdown');
    await new Promise<void>((done) => this.#broker.close(done));
  }

  #take(conn: Duplex, { protocol, socket }: { protocol: Transport; socket: Duplex }): void {
    const gate = guard(conn, ({ cause }) => {
      const { line } = arrivalOf(client);
      line?.writer.flush(); // the answers to what came before
      this.#log.warn('Closed a connection', { device: line?.key, cause });
    });
    const client = this.#broker.handle(conn as TLSSocket); // aedes' type for any Duplex
    seat(client, { protocol, gate, socket });
  }

  /** Calls back with a return code, or with nothing if the connection is welcome. */
  #admit(client: Client, password: string | undefined, done: (code?: ReturnCode) => void): void {
    if (client.closed) return; // meanwhile: aedes asks a moment after the CONNECT
    const arrival = arrivalOf(client);
    const { connect } = arrival;
    if (connect === undefined) throw new Error('aedes asks before it has shown the CONNECT');
    const caller = readCaller(connect.clientId, connect.username);
    if ('returnCode' in caller) {
      const { returnCode, cause, remedy } = caller;
      this.#log.warn('Refused a connection', { device: printable(connect.clientId), cause, remedy });
      done(returnCode);
      return;
    }
    // the broker's type says `Duplex | Socket`
    arrival.arrived = this.#takeover.enter(caller.key, client.conn as Duplex, () => {
      if (client.closed) return;
      try {
        const certificate = password ? undefined : peerCertificate(arrival.socket, this.#hasDeviceCa);
        const principal = this.#auth.device({ key: caller.key, password, certificate });
        const line = new Line({
          key: caller.key,
          protocol: arrival.protocol,
          client,
          hub: this.#hub,
          outbox: this.#outbox,
        });
        const clean = connect.clean ?? true;
        line.present = this.#hub.sessions.open(line, { clean, modelId: caller.modelId }).present;
        this.#hold(client, line, principal.expiresAt);
        done();
      } catch (error) {
        if (!(error instanceof HubError)) this.#log.error('A connection failed', error, { device: caller.key });
        done(error instanceof HubError ? 5 : 3);
      }
    });
  }

  /** Keeps the line until its connection ends; the token's expiry ends it too. */
  #hold(client: Client, line: Line, expiresAt: number): void {
    const { key } = line;
    const arrival = arrivalOf(client);
    arrival.line = line;
    this.#lines.set(key, line);
    const cancel = Number.isFinite(expiresAt)
      ? this.#wallClock.wake(expiresAt, () => {
          if (this.#hub.sessions.find(key) === line) this.#hub.sessions.drop(key, 'expired');
        })
      : undefined;
    client.conn.once('close', () => {
      cancel?.();
      const { gate } = arrival;
      this.#hub.sessions.close(line, gate.refusal ? 'protocol' : gate.goodbye ? 'client' : 'lost');
      if (this.#lines.get(key) === line) this.#lines.delete(key);
    });
  }

  #receive(client: Client, packet: PublishPacket): Error | null {
    const { line, will } = arrivalOf(client);
    if (line === undefined) return new Error('not connected');
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const { topic, retain } = packet;
    try {
      if (packet === will) line.receiveWill({ topic, payload, retain });
      else {
        const messageId = packet.qos === 0 ? undefined : packet.messageId;
        const bug = line.receive({ topic, payload, retain, messageId });
        if (bug !== undefined) this.#log.error('A request failed', bug, { device: line.key, topic: printable(topic) });
        packet.qos = 0; // acknowledged already
      }
      return null;
    } catch (error) {
      line.writer.flush(); // aedes closes the connection now
      const fields = { device: line.key, topic: printable(topic) };
      if (error instanceof HubError) this.#log.warn('Closed a connection', { ...fields, cause: error.message });
      else this.#log.error('Closed a connection', error, fields);
      return new Error('not taken');
    }
  }

  /** aedes grants what it gets back and refuses (0x80) for null. */
  #serves(client: Client, subscription: Subscription): Subscription | null {
    const { line } = arrivalOf(client);
    line?.writer.flush(); // before the SUBACK
    // what aedes brings back for a kept session stands for all of the hub's subscriptions
    if (!client.connected && line?.present) return subscription;
    return line !== undefined && parseFilter(subscription.topic, line.key) !== undefined ? subscription : null;
  }

  #subscribed(client: Client, subscriptions: readonly Subscription[]): void {
    const { line } = arrivalOf(client);
    if (line === undefined) return;
    for (const { topic, qos } of subscriptions) {
      const feature = parseFilter(topic, line.key);
      if (feature !== undefined && (qos === 0 || qos === 1)) this.#hub.sessions.subscribe(line, feature, qos);
    }
  }

  #unsubscribed(client: Client, filters: readonly string[]): void {
    const { line } = arrivalOf(client);
    // aedes also says so of clean sessions that end, which the hub knows
    if (line === undefined || client.closed) return;
    for (const filter of filters) {
      const feature = parseFilter(filter, line.key);
      if (feature !== undefined) this.#hub.sessions.unsubscribe(line, feature);
    }
  }
}

const refusalOf = (returnCode?: ReturnCode) =>
  returnCode === undefined ? null : Object.assign(new Error('refused'), { returnCode });
