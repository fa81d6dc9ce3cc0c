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
import { answers } from '../answers.ts';
import { Admission } from './admission.ts';
import { connack, suback } from './answered.ts';
import { arrivalOf, seat } from './arrival.ts';
import { keepAliveOf, type ReturnCode } from './connect.ts';
import { guard } from './gate.ts';
import type { Line, Transport } from './line.ts';
import { Mishaps } from './mishaps.ts';
import { Outbox } from './outbox.ts';
import { persistence } from './persistence.ts';
import { SdkFaults } from './sdk-faults.ts';
import { silence, silentQueue } from './silence.ts';
import { dropIfClosed } from './takeover.ts';
import { webSocketDoor } from './web-socket.ts';

export interface MqttOptions {
  readonly hub: Hub;
  readonly auth: Pick<Authenticator, 'device'>;
  readonly log: Log;
  /** True if the TLS door verifies client certificates against CAs of ours. */
  readonly hasDeviceCa?: boolean;
  /** Token expiry follows it; default the machine's clock, whatever the hub's is. */
  readonly wallClock?: Clock;
  /** Lets telemetry of certain properties bring about faults, as Microsoft's end-to-end tests ask for them. */
  readonly sdkFaults?: boolean;
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
  readonly #log: Log;
  readonly #wallClock: Clock;
  readonly #mishaps: Mishaps;
  readonly #admission: Admission;
  readonly #lines = new Map<string, Line>();
  readonly #broker: Aedes;
  readonly upgrade: MqttServer['upgrade'];

  constructor({ hub, auth, log, wallClock = systemClock, hasDeviceCa = false, sdkFaults = false }: MqttOptions) {
    this.#hub = hub;
    this.#log = log;
    this.#wallClock = wallClock;
    this.#mishaps = new Mishaps(hub, new SdkFaults({ hub, log, wallClock, isOn: sdkFaults }));
    this.#admission = new Admission(
      {
        hub,
        auth,
        log,
        mishaps: this.#mishaps,
        hasDeviceCa,
        welcome: (client, line, expiresAt) => this.#hold(client, line, expiresAt),
      },
      new Outbox(),
    );
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
        this.#admission.admit(client, password?.toString(), (code) => {
          if (answers.hasSubscribers) answers.publish(connack(code));
          done(refusalOf(code), code === undefined);
        }),
      authorizePublish: (client, packet, done) => done(client === null ? null : this.#receive(client, packet)),
      authorizeSubscribe: (client, subscription, done) =>
        this.#mishaps.subscribe(
          client,
          () => this.#serves(client, subscription),
          (error, granted) => {
            if (answers.hasSubscribers && client.connected) answers.publish(suback(subscription.topic, granted));
            done(error, granted);
          },
        ),
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
      arrival.ready?.();
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
    const gate = guard(conn, ({ cause, reply }) => {
      if (reply !== undefined && answers.hasSubscribers) answers.publish(connack(1));
      const { line } = arrivalOf(client);
      line?.writer.flush(); // the answers to what came before
      this.#log.warn('Closed a connection', { device: line?.key, cause });
    });
    const client = this.#broker.handle(conn as TLSSocket); // aedes' type for any Duplex
    seat(client, { protocol, gate, socket });
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
    const arrival = arrivalOf(client);
    const { line } = arrival;
    if (line === undefined) return;
    arrival.subscribed?.();
    arrival.subscribed = undefined;
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
