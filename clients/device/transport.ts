import type { EventEmitter } from 'node:events';
import type { Agent } from 'node:https';
import type { JsonObject } from '../../protocol/json.ts';
import type { Feature } from '../../protocol/topics.ts';
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

/** What can be set before a client is opened. */
export interface DeviceClientOptions extends X509 {
  /** Certificates to trust: PEM, or the path of a PEM file. */
  ca?: string;
  /** Seconds between pings. */
  keepalive?: number;
  productInfo?: string;
  modelId?: string;
  tokenRenewal?: TokenRenewalValues;
  mqtt?: MqttTransportOptions;
  http?: object;
  amqp?: object;
}

/** How long a token is valid, and how long before its end it is replaced. */
export interface TokenRenewalValues {
  tokenValidTimeInSeconds: number;
  tokenRenewalMarginInSeconds: number;
}

export interface MqttTransportOptions {
  /** An `https.Agent`, for proxies. */
  webSocketAgent?: Agent;
  /** Drop the connection instead of saying goodbye when a token is replaced. */
  forceDisconnect?: boolean;
}

/** A device's twin as the hub hands it to the device. */
export interface TwinDocument {
  readonly desired: JsonObject;
  readonly reported: JsonObject;
}

/** A direct method that the hub asks for. */
export interface MethodMessage {
  readonly requestId: string;
  readonly methods: { readonly methodName: string };
  readonly body: Buffer;
}

/**
 * The line to the hub. Emits `connected`, `disconnect` (with the error that ended the connection), `message`,
 * `inputMessage` (input name, message), `desired` (patch) and `method` (MethodMessage).
 * Operations connect when there is no connection; they reject with one of `errors`.
 */
export interface DeviceTransport extends EventEmitter {
  connect(): Promise<Connected>;
  disconnect(): Promise<Disconnected>;
  setOptions(options: DeviceClientOptions): Promise<void>;
  updateSharedAccessSignature(token: string): Promise<SharedAccessSignatureUpdated>;
  sendEvent(message: Message, outputName?: string): Promise<MessageEnqueued>;
  sendEventBatch(messages: readonly Message[], outputName?: string): Promise<MessageEnqueued>;
  complete(message: Message): Promise<MessageCompleted>;
  reject(message: Message): Promise<MessageRejected>;
  abandon(message: Message): Promise<MessageAbandoned>;
  getTwin(): Promise<TwinDocument>;
  updateReported(patch: unknown): Promise<void>;
  sendMethodResponse(response: DeviceMethodResponse): Promise<void>;
  /** Listens to a feature now and after every reconnect. */
  enable(feature: Feature): Promise<void>;
  disable(feature: Feature): Promise<void>;
}

export type TransportCtor = new (provider: AuthenticationProvider) => DeviceTransport;
