import type { EventEmitter } from 'node:events';
import type { Agent } from 'node:https';
import type { JsonObject } from '../../protocol/json.ts';
import type { AuthenticationProvider, X509 } from '../shared/authentication-provider.ts';
import type { Message } from '../shared/message.ts';
import type {
  Connected,
  Disconnected,
  MessageAbandoned,
  MessageCompleted,
  MessageEnqueued,
  MessageRejected,
  SharedAccessSignatureUpdated,
} from '../shared/results.ts';
import type { DeviceMethodResponse } from './method.ts';

/** What can be set before a client is opened. Each transport reads its own part and ignores the others. */
export interface DeviceClientOptions extends X509 {
  /** Certificates to trust: PEM, or the path of a PEM file. */
  ca?: string;
  /** Seconds between pings. */
  keepalive?: number;
  productInfo?: string;
  modelId?: string;
  tokenRenewal?: TokenRenewalValues;
  mqtt?: MqttTransportOptions;
  http?: HttpTransportOptions;
  amqp?: AmqpTransportOptions;
}

/** How long a token is valid, and how long before its end it is replaced. */
export interface TokenRenewalValues {
  tokenValidTimeInSeconds: number;
  tokenRenewalMarginInSeconds: number;
}

export interface MqttTransportOptions {
  /** An `https.Agent`, for proxies. */
  webSocketAgent?: Agent;
  /** Drop the connection instead of sending DISCONNECT when a token is replaced. */
  forceDisconnect?: boolean;
}

export interface AmqpTransportOptions {
  /** An `https.Agent`, for proxies. */
  webSocketAgent?: Agent;
}

export interface HttpTransportOptions {
  /** Not supported: `Http` rejects it with NotImplementedError. */
  agent?: Agent;
  receivePolicy?: HttpReceiverOptions;
}

/** When messages from the cloud are fetched over HTTP. At most one of the first four may be set. */
export interface HttpReceiverOptions {
  /** Seconds between two requests; the default is 1. */
  interval?: number;
  /** Fetch once, at this time. */
  at?: Date;
  /** Not supported: rejected with NotImplementedError. */
  cron?: string;
  /** Fetch only when the program calls `receive()` of the transport. */
  manualPolling?: boolean;
  /** Fetch until no message is left, instead of one message per request. */
  drain?: boolean;
}

/** A device's twin as the hub sends it to the device. */
export interface TwinDocument {
  readonly desired: JsonObject;
  readonly reported: JsonObject;
}

/** A direct method call from the hub; `requestId` goes into the response. */
export interface MethodMessage {
  readonly requestId: string;
  readonly methodName: string;
  /** JSON; empty if the call has no payload. */
  readonly body: Buffer;
}

/** What the hub sends to a device, each only while it is enabled. */
export type Capability = 'desired' | 'methods' | 'c2d' | 'inputs';

/**
 * The port between a client and the hub, implemented once per protocol. Operations connect if there is no connection.
 * They reject with one of `errors`: NotImplementedError if the protocol has no such operation, NotConnectedError if the
 * hub cannot be reached. Events, with their arguments:
 * - `connected`
 * - `disconnect` (Error): the connection was lost; the error says why
 * - `message` (Message): from the cloud; a transport that settles messages sets `lockToken`, or `transportObj`
 * - `inputMessage` (name of the input, Message)
 * - `desired` (JsonObject): a patch of the desired properties
 * - `method` (MethodMessage)
 */
export interface DeviceTransport extends EventEmitter {
  connect(): Promise<Connected>;
  disconnect(): Promise<Disconnected>;
  setOptions(options: DeviceClientOptions): Promise<void>;
  updateSharedAccessSignature(token: string): Promise<SharedAccessSignatureUpdated>;
  /** Resolves when the hub has accepted the message. With `outputName` it leaves through that output of a module. */
  sendEvent(message: Message, outputName?: string): Promise<MessageEnqueued>;
  /** The same for several messages in one request; all are accepted, or none. */
  sendEventBatch(messages: readonly Message[], outputName?: string): Promise<MessageEnqueued>;
  /** Settles a message that this transport emitted: it is done, and leaves the queue. */
  complete(message: Message): Promise<MessageCompleted>;
  /** Settles a message that this transport emitted: the hub moves it out of the queue as undeliverable. */
  reject(message: Message): Promise<MessageRejected>;
  /** Gives a message back: the hub delivers it again. */
  abandon(message: Message): Promise<MessageAbandoned>;
  getTwin(): Promise<TwinDocument>;
  updateReported(patch: unknown): Promise<void>;
  sendMethodResponse(response: DeviceMethodResponse): Promise<void>;
  /** Receives this from now on, also after every reconnect. */
  enable(capability: Capability): Promise<void>;
  disable(capability: Capability): Promise<void>;
}

export type TransportCtor = new (provider: AuthenticationProvider) => DeviceTransport;
