import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { isObject, type Json } from '../../protocol/json.ts';
import * as topics from '../../protocol/topics.ts';
import type { AuthenticationProvider, TransportConfig } from '../shared/authentication-provider.ts';
import { MessageTooLargeError, NotConnectedError, NotImplementedError } from '../shared/errors.ts';
import type { Message } from '../shared/message.ts';
import * as results from '../shared/results.ts';
import { applyOptions, canStop, canUpdate, credentialsOf, onNewToken } from './credentials.ts';
import { Link } from './link.ts';
import type { DeviceMethodResponse } from './method.ts';
import { type Address, addressOf, identityOf } from './mqtt-address.ts';
import { mqttError } from './mqtt-error.ts';
import { dispatch } from './mqtt-inbound.ts';
import { bagOf } from './mqtt-message.ts';
import type { DeviceClientOptions, DeviceTransport, TwinDocument } from './transport.ts';
import { TwinRequests } from './twin-requests.ts';

const MAX_BYTES = 256 * 1024;

/** QoS of the subscriptions; azure-iot-device-mqtt 1.16. */
const QOS = { desired: 0, twinResponses: 0, methods: 0, c2d: 1, inputs: 1 } as const;

/** MQTT 3.1.1 over TLS. */
export class Mqtt extends EventEmitter implements DeviceTransport {
  readonly #provider: AuthenticationProvider;
  readonly #twinRequests = new TwinRequests();
  readonly #features = new Set<topics.Feature>();
  readonly #enabling = new Map<topics.Feature, Promise<void>>();
  #options: DeviceClientOptions = {};
  #link: Promise<Link> | undefined;
  #key = '';

  constructor(provider: AuthenticationProvider) {
    super();
    this.#provider = provider;
    onNewToken(provider, () => this.#renew().catch((error: unknown) => this.emit('disconnect', error)));
  }

  async connect(): Promise<results.Connected> {
    await this.#linked();
    return new results.Connected();
  }

  async disconnect(): Promise<results.Disconnected> {
    const link = this.#link;
    this.#link = undefined;
    if (canStop(this.#provider)) this.#provider.stop();
    this.#twinRequests.fail();
    await link?.then(
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
    if (!canUpdate(this.#provider)) throw new NotImplementedError('The credentials hold no token of their own');
    this.#provider.updateSharedAccessSignature(token); // emits newTokenAvailable
    if (this.#link) await this.#linked();
    return new results.SharedAccessSignatureUpdated(false);
  }

  async sendEvent(message: Message, outputName?: string): Promise<results.MessageEnqueued> {
    const payload = message.getBytes();
    if (payload.length > MAX_BYTES) throw new MessageTooLargeError('Message size is greater than 256KiB');
    const link = await this.#linked();
    const bag = bagOf(message, outputName);
    await link.publish(topics.telemetry(this.#key, outputName === undefined ? bag : `${bag}/`), payload, 1);
    return new results.MessageEnqueued();
  }

  async sendEventBatch(): Promise<results.MessageEnqueued> {
    throw new NotImplementedError('MQTT Transport does not support batching yet');
  }

  /** Nothing is sent: MQTT's own acknowledgement has completed the message. */
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
    const { desired, reported } = isObject(body) ? body : {};
    return { desired: isObject(desired) ? desired : {}, reported: isObject(reported) ? reported : {} };
  }

  async updateReported(patch: unknown): Promise<void> {
    await this.#askTwin((rid) => topics.reportedPatch(rid), JSON.stringify(patch));
  }

  async sendMethodResponse({ status, requestId, payload }: DeviceMethodResponse): Promise<void> {
    if (!this.#link) throw new NotConnectedError('The device is disconnected: the hub has given the method up');
    const link = await this.#link;
    await link.publish(topics.methodResponse(status, requestId), JSON.stringify(payload ?? null), 0);
  }

  async enable(feature: topics.Feature): Promise<void> {
    const underWay = this.#enabling.get(feature);
    if (underWay) return underWay;
    if (this.#features.has(feature)) return void (await this.#linked());
    const enabling = this.#subscribe(feature).finally(() => this.#enabling.delete(feature));
    this.#enabling.set(feature, enabling);
    return enabling;
  }

  async disable(feature: topics.Feature): Promise<void> {
    await this.#enabling.get(feature)?.catch(() => undefined);
    if (!this.#features.delete(feature) || !this.#link) return;
    await (await this.#link).unsubscribe(topics.filterOf(feature, this.#key));
  }

  /** Overridden by the WebSocket form. */
  protected address(credentials: TransportConfig, options: DeviceClientOptions): Address {
    return addressOf(credentials, options);
  }

  async #subscribe(feature: topics.Feature): Promise<void> {
    const link = await this.#linked();
    this.#features.add(feature);
    await link.subscribe(topics.filterOf(feature, this.#key), QOS[feature]).catch((error: unknown) => {
      this.#features.delete(feature);
      throw error;
    });
  }

  #linked(): Promise<Link> {
    if (!this.#link) this.#adopt(this.#open());
    return this.#link ?? this.#linked();
  }

  #adopt(opening: Promise<Link>): void {
    this.#link = opening;
    opening.catch(() => {
      if (this.#link === opening) this.#link = undefined;
    });
  }

  /** Connects and listens to everything that was enabled before. */
  async #open(): Promise<Link> {
    const credentials = await credentialsOf(this.#provider);
    this.#key = identityOf(credentials);
    let lost = false;
    const link = await Link.open(this.address(credentials, this.#options), {
      onMessage: (topic, payload) => {
        if (!this.#twinRequests.settle(topic, payload)) dispatch(this, { topic, payload, key: this.#key });
      },
      onClosed: (error) => {
        lost = true;
        this.#twinRequests.fail();
        this.#lost(link, mqttError(error));
      },
    });
    await Promise.all([...this.#features].map((one) => link.subscribe(topics.filterOf(one, this.#key), QOS[one])));
    if (lost) throw new NotConnectedError('Connection to the server has been closed.');
    queueMicrotask(() => this.emit('connected'));
    return link;
  }

  #lost(link: Link, error: Error): void {
    const current = this.#link;
    current?.then(
      (open) => {
        if (open !== link || this.#link !== current) return;
        this.#link = undefined;
        this.emit('disconnect', error);
      },
      () => undefined,
    );
  }

  /** A new token needs a new connection: MQTT 3.1.1 has no other way to show it. */
  async #renew(): Promise<void> {
    const old = this.#link;
    if (!old) return;
    const force = this.#options.mqtt?.forceDisconnect ?? false;
    this.#adopt(
      (async () => {
        await (await old).close(force);
        this.#twinRequests.fail();
        return this.#open();
      })(),
    );
    await this.#link;
  }

  async #askTwin(topicOf: (rid: string) => string, body: string): Promise<Json | undefined> {
    await this.enable('twinResponses');
    const link = await this.#linked();
    const rid = randomUUID();
    const answer = this.#twinRequests.expect(rid);
    link.publish(topicOf(rid), body, 0).catch((error: Error) => this.#twinRequests.fail(error, rid));
    return answer;
  }
}
