import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { vi } from 'vitest';
import { dial } from './tls.ts';

/** A packet without the flags of its fixed header. */
export type Received = { readonly cmd: string } & Readonly<Record<string, unknown>>;

export interface ConnectOptions {
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly will?: { topic: string; payload: string; qos?: 0 | 1; retain?: boolean };
}

/** A raw MQTT client: sends any bytes, receives packets one by one. */
export class MqttPeer implements AsyncDisposable {
  readonly stream: Duplex;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  readonly #packets: Received[] = [];
  #gone = false;
  #awake: () => void = () => {};

  constructor(stream: Duplex) {
    this.stream = stream;
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    parser.on('packet', (packet) => {
      this.#packets.push(tidy(packet));
      this.#awake();
    });
    stream.on('data', (chunk: Buffer) => parser.parse(chunk));
    stream.on('error', () => undefined);
    this.closed = new Promise((done) =>
      stream.once('close', () => {
        this.#gone = true;
        this.#awake();
        done();
      }),
    );
  }

  /** Connects over TLS and verifies the certificate. */
  static async dial(port: number): Promise<MqttPeer> {
    return new MqttPeer(await dial(port));
  }

  /** Connects, sends CONNECT and receives the CONNACK. */
  static async connect(port: number, options: ConnectOptions): Promise<{ peer: MqttPeer; connack: Received }> {
    const peer = await MqttPeer.dial(port);
    return { peer, connack: await peer.connect(options) };
  }

  connect({ password, clean = true, keepalive = 60, will, ...rest }: ConnectOptions): Promise<Received> {
    this.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean,
      keepalive,
      ...(password === undefined ? {} : { password: Buffer.from(password) }),
      ...(will === undefined ? {} : { will: { qos: 0, retain: false, ...will } }),
      ...rest,
    });
    return this.next();
  }

  send(packet: Packet): void {
    this.raw(mqttPacket.generate(packet));
  }

  raw(bytes: Uint8Array): void {
    if (!this.stream.destroyed) this.stream.write(bytes);
  }

  publish(
    topic: string,
    payload: string | Buffer = '',
    options: { qos?: 0 | 1 | 2; messageId?: number; retain?: boolean } = {},
  ): void {
    const { qos = 0, messageId, retain = false } = options;
    this.send({
      cmd: 'publish',
      topic,
      payload,
      qos,
      dup: false,
      retain,
      ...(messageId === undefined ? {} : { messageId }),
    });
  }

  /** Acknowledges a message. */
  acknowledge({ messageId }: Received): void {
    this.send({ cmd: 'puback', messageId: Number(messageId) });
  }

  /** Subscribes and receives the SUBACK. */
  subscribe(topic: string, qos: 0 | 1 | 2 = 0): Promise<Received> {
    this.send({ cmd: 'subscribe', messageId: 7, subscriptions: [{ topic, qos }] });
    return this.next();
  }

  /** The next packet; throws if the connection ends before. */
  async next(): Promise<Received> {
    while (this.#packets.length === 0) {
      if (this.#gone) throw new Error('the connection is closed');
      await new Promise<void>((done) => {
        this.#awake = done;
      });
    }
    return this.#packets.shift() ?? this.next();
  }

  /** All packets that the server sends before it answers a PINGREQ: those caused by what was sent so far. */
  async settle(): Promise<Received[]> {
    this.send({ cmd: 'pingreq' });
    const heard: Received[] = [];
    for (let packet = await this.next(); packet.cmd !== 'pingresp'; packet = await this.next()) heard.push(packet);
    return heard;
  }

  /** Ends the connection without DISCONNECT. */
  async vanish(): Promise<void> {
    this.stream.destroy();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.vanish();
  }
}

/** Polls until a condition holds. */
export const until = (seen: () => boolean): Promise<unknown> => vi.waitUntil(seen, { timeout: 20_000, interval: 5 });

export const drained = async (stream: Duplex): Promise<void> => {
  if (stream.writableNeedDrain) await once(stream, 'drain');
};

const tidy = (packet: Packet): Received => {
  const { cmd, length: _length, ...rest } = packet;
  const fields: Record<string, unknown> = { ...rest };
  switch (cmd) {
    case 'publish':
      return {
        cmd,
        topic: fields.topic,
        payload: String(fields.payload),
        qos: fields.qos,
        ...(fields.qos === 0 ? {} : { messageId: fields.messageId }),
        ...(fields.dup ? { dup: true } : {}),
      };
    case 'connack':
      return { cmd, returnCode: fields.returnCode, sessionPresent: fields.sessionPresent };
    case 'suback':
      return { cmd, messageId: fields.messageId, granted: fields.granted };
    case 'puback':
    case 'unsuback':
      return { cmd, messageId: fields.messageId };
    default:
      return { cmd };
  }
};
