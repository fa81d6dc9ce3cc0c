import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Json } from '../../../protocol/json.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import * as topics from '../../../protocol/topics.ts';
import type { AuthenticationProvider, TransportConfig } from '../../shared/authentication-provider.ts';
import { MessageTooLargeError, NotConnectedError, NotImplementedError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import * as results from '../../shared/results.ts';
import { applyOptions, canStop, canUpdate, credentialsOf, onNewToken } from '../authentication/credentials.ts';
import type { DeviceMethodResponse } from '../method.ts';
import type { DeviceClientOptions, DeviceTransport, TwinDocument } from '../transport.ts';
import { twinDocumentOf } from '../twin-document.ts';
import { addressOf, identityOf } from './address.ts';
import { type Address, Connection } from './connection.ts';
import { mqttError } from './error.ts';
import { dispatch } from './inbound.ts';
import { bagOf } from './message.ts';
import { TwinRequests } from './twin-requests.ts';

/** QoS of the subscriptions; azure-iot-device-mqtt 1.16. */
const QOS = { desired: 0, twinResponses: 0, methods: 0, c2d: 1, inputs: 1 } as const;

/** MQTT 3.1.1 over TLS. */
export class Mqtt extends EventEmitter implements DeviceTransport {
  readonly #provider: AuthenticationProvider;
  readonly #twinRequests = new TwinRequests();
  readonly #features = new Set<topics.Feature>();
  readonly #enabling = new Map<topics.Feature, Promise<void>>();
  #options: DeviceClientOptions = {};
  #connection: Promise<Connection> | undefined;
  #key = '';

  constructor(provider: AuthenticationProvider) {
    super();
    this.#provider = provider;
    onNewToken(provider, () => this.#renew().catch((error: unknown) => this.emit('disconnect', error)));
  }

  async connect(): Promise<results.Connected> {
    await this.#ensureConnected();
    return new results.Connected();
  }

  async disconnect(): Promise<results.Disconnected> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (canStop(this.#provider)) this.#provider.stop();
    this.#twinRequests.fail();
    await connection?.then(
      (open) => open.close(),
      () => undefined,
    );
    return new results.Disconnected();
  }

  async setOptions(options: DeviceClientOptions): Promise<void> {
    applyOptions(this.#provider, options);
    this.#options = { ...this.#options, ...options };
  }

  async updateSharedAccessSignature(token: string): Promise<results.SharedAccessSignatureUpdated> {
    if (!canUpdate(this.#provider)) throw new NotImplementedError('The token of these credentials cannot be replaced');
    this.#provider.updateSharedAccessSignature(token); // emits newTokenAvailable
    if (this.#connection) await this.#ensureConnected();
    return new results.SharedAccessSignatureUpdated(false);
  }

  async sendEvent(message: Message, outputName?: string): Promise<results.MessageEnqueued> {
    const payload = message.getBytes();
    if (payload.length > LIMITS.azure.telemetryBytes)
      throw new MessageTooLargeError('Message size is greater than 256KiB'); // text of azure-iot-device-mqtt 1.16
    const connection = await this.#ensureConnected();
    const bag = bagOf(message, outputName);
    await connection.publish(topics.telemetry(this.#key, outputName === undefined ? bag : `${bag}/`), payload, 1);
    return new results.MessageEnqueued();
  }

  async sendEventBatch(): Promise<results.MessageEnqueued> {
    throw new NotImplementedError('MQTT Transport does not support batching yet');
  }

  /** Sends nothing: the acknowledgement of MQTT has completed the message already. */
  async complete(): Promise<results.MessageCompleted> {
    return new results.MessageCompleted();
  }

  async reject(): Promise<results.MessageRejected> {
    throw new NotImplementedError('the MQTT transport does not support rejecting messages.');
  }

  async abandon(): Promise<results.MessageAbandoned> {
    throw new NotImplementedError('The MQTT transport does not support abandoning messages.');
  }

  async getTwin(): Promise<TwinDocument> {
    const body = await this.#askTwin((rid) => topics.twinGet(rid), ' ');
    return twinDocumentOf(body);
  }

  async updateReported(patch: unknown): Promise<void> {
    await this.#askTwin((rid) => topics.reportedPatch(rid), JSON.stringify(patch));
  }

  async sendMethodResponse({ status, requestId, payload }: DeviceMethodResponse): Promise<void> {
    if (!this.#connection)
      throw new NotConnectedError('The device is disconnected, so the hub no longer waits for this method');
    const connection = await this.#connection;
    await connection.publish(topics.methodResponse(status, requestId), JSON.stringify(payload ?? null), 0);
  }

  async enable(feature: topics.Feature): Promise<void> {
    const underWay = this.#enabling.get(feature);
    if (underWay) return underWay;
    if (this.#features.has(feature)) return void (await this.#ensureConnected());
    const enabling = this.#subscribe(feature).finally(() => this.#enabling.delete(feature));
    this.#enabling.set(feature, enabling);
    return enabling;
  }

  async disable(feature: topics.Feature): Promise<void> {
    await this.#enabling.get(feature)?.catch(() => undefined);
    if (!this.#features.delete(feature) || !this.#connection) return;
    await (await this.#connection).unsubscribe(topics.filterOf(feature, this.#key));
  }

  /** @internal Overridden by `MqttWs`. */
  protected address(credentials: TransportConfig, options: DeviceClientOptions): Address {
    return addressOf(credentials, options);
  }

  async #subscribe(feature: topics.Feature): Promise<void> {
    const connection = await this.#ensureConnected();
    this.#features.add(feature);
    await connection.subscribe(topics.filterOf(feature, this.#key), QOS[feature]).catch((error: unknown) => {
      this.#features.delete(feature);
      throw error;
    });
  }

  #ensureConnected(): Promise<Connection> {
    if (!this.#connection) this.#adopt(this.#open());
    return this.#connection ?? this.#ensureConnected();
  }

  #adopt(opening: Promise<Connection>): void {
    this.#connection = opening;
    opening.catch(() => {
      if (this.#connection === opening) this.#connection = undefined;
    });
  }

  /** Connects, and subscribes to everything that was enabled before. */
  async #open(): Promise<Connection> {
    const credentials = await credentialsOf(this.#provider);
    this.#key = identityOf(credentials);
    let lost = false;
    const connection = await Connection.open(this.address(credentials, this.#options), {
      onMessage: (topic, payload) => {
        if (!this.#twinRequests.settle(topic, payload)) dispatch(this, { topic, payload, key: this.#key });
      },
      onClosed: (closed, error) => {
        lost = true;
        this.#twinRequests.fail();
        this.#lost(closed, mqttError(error));
      },
    });
    await Promise.all(
      [...this.#features].map((one) => connection.subscribe(topics.filterOf(one, this.#key), QOS[one])),
    );
    if (lost) throw new NotConnectedError('Connection to the server has been closed.');
    queueMicrotask(() => this.emit('connected'));
    return connection;
  }

  #lost(connection: Connection, error: Error): void {
    const current = this.#connection;
    current?.then(
      (open) => {
        if (open !== connection || this.#connection !== current) return;
        this.#connection = undefined;
        this.emit('disconnect', error);
      },
      () => undefined,
    );
  }

  /** Reconnects with the new token, because MQTT 3.1.1 sends it only in CONNECT. */
  async #renew(): Promise<void> {
    const old = this.#connection;
    if (!old) return;
    const force = this.#options.mqtt?.forceDisconnect ?? false;
    this.#adopt(
      (async () => {
        await (await old).close(force);
        this.#twinRequests.fail();
        return this.#open();
      })(),
    );
    await this.#connection;
  }

  async #askTwin(topicOf: (rid: string) => string, body: string): Promise<Json | undefined> {
    await this.enable('twinResponses');
    const connection = await this.#ensureConnected();
    const rid = randomUUID();
    const answer = this.#twinRequests.expect(rid);
    connection.publish(topicOf(rid), body, 0).catch((error: Error) => this.#twinRequests.fail(error, rid));
    return answer;
  }
}
