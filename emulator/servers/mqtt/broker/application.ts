import type { Duplex } from 'node:stream';
import type { FaultyConnection } from '../../faults/connection.ts';
import type { Outgoing } from './writer.ts';

/** MQTT 3.1.1 §3.2.2.3: 2 identifier rejected, 3 server unavailable, 4 bad user name or password, 5 not authorized. */
export type ReturnCode = 2 | 3 | 4 | 5;

/** How a CONNACK or SUBACK is sent: as usual, not at all, or as the last packet of the connection. */
export type ReplyMode = 'sent' | 'lost' | 'last';

/** A CONNECT. */
export interface ConnectRequest {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** False: the subscriptions of an earlier session of the client are kept. */
  readonly clean: boolean;
}

/** A PUBLISH of a client, or its will. */
export interface Incoming {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  /** To be acknowledged; undefined for QoS 0 and wills. */
  readonly messageId: number | undefined;
  /** The whole packet, unchanged; undefined for wills, and before the connection is open. */
  readonly packet: Buffer | undefined;
}

export interface Subscribed {
  readonly filter: string;
  /** Granted, 0 or 1. */
  readonly qos: 0 | 1;
}

/** What a client did that MQTT 3.1.1 or the hub does not allow. */
export interface Violation {
  /** Undefined if the client has not been admitted. */
  readonly clientId: string | undefined;
  readonly cause: string;
  readonly remedy: string;
}

/** Authenticates the client of a CONNECT and opens its session, or refuses it with a return code. */
export type OpenSession = () => ReturnCode | ClientSession;

/**
 * The answer to a CONNECT: a return code that refuses it, or a function that the broker calls when no other connection of the
 * client id is being admitted.
 */
export type Decide = (decision: ReturnCode | OpenSession, connack?: ReplyMode) => void;

/** Port: the service that MQTT clients talk to. The broker implements the protocol, and knows no topic. */
export interface MqttApplication {
  /** Calls `decide` once, now or later; the client waits for it. */
  admit(request: ConnectRequest, connection: ClientConnection, decide: Decide): void;
  /** Told when a connection is closed because of a packet that is not valid. */
  violated(violation: Violation): void;
}

/** One client's connection, as its session uses it. */
export interface ClientConnection extends FaultyConnection<readonly Buffer[]> {
  /** TCP, or a WebSocket. */
  readonly protocol: 'mqtt' | 'mqtt-ws';
  /** The connection beneath, which has the client's certificate. */
  readonly socket: Duplex;
  /** Bytes that have not reached the operating system yet. */
  readonly waiting: number;
  /** Sends a message. `acknowledged` runs at the PUBACK of a QoS 1 message, if it comes. */
  publish(message: Outgoing, acknowledged?: () => void): void;
  /** Acknowledges a PUBLISH, if it has a message id, and answers it, in one write. */
  answer(messageId: number | undefined, reply: Outgoing | undefined): void;
  /** Closes the connection after what was written. MQTT 3.1.1 has no way to tell the reason. */
  close(): void;
  /** Closes the connection because of what the client sent. The packets behind it are ignored. */
  reject(): void;
}

/** Port: one client that was admitted, until its connection has closed. */
export interface ClientSession {
  /** True if the subscriptions of an earlier session were kept ("session present"). */
  readonly isResumed: boolean;
  /** Takes a PUBLISH. Acknowledges it with `ClientConnection.answer`: the broker does not. */
  receive(message: Incoming): void;
  /** Takes the will of a client that has left without DISCONNECT, before or after `closed`. */
  receiveWill(will: Incoming): void;
  /** Calls `grant` once, now or later. */
  subscribe(filter: string, grant: (isGranted: boolean, suback?: ReplyMode) => void): void;
  /** The SUBACK has been written: messages may follow. */
  subscribed(subscriptions: readonly Subscribed[]): void;
  unsubscribed(filters: readonly string[]): void;
  /** What waited has been passed to the operating system. */
  drained(): void;
  /** The connection has closed: by DISCONNECT, without it, or because of a packet that is not valid. */
  closed(how: 'client' | 'lost' | 'protocol'): void;
}
