import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { credentialsOf } from '../../../clients/device/authentication/credentials.ts';
import type { DeviceMethodResponse } from '../../../clients/device/method.ts';
import { identityOf } from '../../../clients/device/mqtt/address.ts';
import { mqttError } from '../../../clients/device/mqtt/error.ts';
import { dispatch } from '../../../clients/device/mqtt/inbound.ts';
import { bagOf } from '../../../clients/device/mqtt/message.ts';
import { TwinRequests } from '../../../clients/device/mqtt/twin-requests.ts';
import type { DeviceClientOptions, DeviceTransport, TwinDocument } from '../../../clients/device/transport.ts';
import type { AuthenticationProvider } from '../../../clients/shared/authentication-provider.ts';
import { NotConnectedError } from '../../../clients/shared/errors.ts';
import type { Message } from '../../../clients/shared/message.ts';
import * as results from '../../../clients/shared/results.ts';
import type { Authenticator } from '../../../emulator/auth/authenticate.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Downlink, Session } from '../../../emulator/hub/messaging/session.ts';
import { receive } from '../../../emulator/servers/mqtt/inbound.ts';
import { pushOf } from '../../../emulator/servers/mqtt/outbound.ts';
import { isObject } from '../../../protocol/json.ts';
import * as topics from '../../../protocol/topics.ts';

/** The hub that devices are connected to; at any turn it may become another one. */
export interface CurrentHub {
  readonly hub: Hub;
  readonly auth: Authenticator;
  /** The devices that are connected. */
  readonly lines: Set<InProcess>;
  /** Called before each step of a client. */
  turn(): void;
}

/**
 * A device's line without a wire: topics and payloads are those of MQTT, and both ends translate them as ever, but they
 * are handed over in memory, to the hub that `bench` holds at the moment.
 */
export class InProcess extends EventEmitter implements DeviceTransport {
  readonly #bench: CurrentHub;
  readonly #provider: AuthenticationProvider;
  readonly #requests = new TwinRequests();
  readonly #features = new Set<topics.Feature>();
  #session: Session | undefined;
  #key = '';
  #modelId: string | undefined;

  constructor(bench: CurrentHub, provider: AuthenticationProvider) {
    super();
    this.#bench = bench;
    this.#provider = provider;
  }

  async connect() {
    if (this.#session !== undefined) return new results.Connected();
    const credentials = await credentialsOf(this.#provider);
    if (this.#session !== undefined) return new results.Connected(); // somebody else was quicker
    this.#key = identityOf(credentials);
    this.#bench.turn();
    const password = credentials.sharedAccessSignature?.toString();
    try {
      this.#bench.auth.device({ key: this.#key, password });
    } catch {
      throw mqttError(Object.assign(new Error('Connection refused: Not authorized'), { code: 5 }));
    }
    this.#bench.lines.add(this);
    this.open();
    queueMicrotask(() => this.emit('connected'));
    return new results.Connected();
  }

  /** Opens a session of the current hub. */
  open(): void {
    const session: Session = {
      key: this.#key,
      protocol: 'mqtt',
      deliver: (message) => this.#hear(message),
      close: () => this.#left(session),
    };
    this.#session = session;
    this.#bench.hub.sessions.open(session, { resume: true, modelId: this.#modelId });
  }

  async disconnect() {
    this.#bench.turn();
    const session = this.#session;
    this.#forget();
    if (session !== undefined) this.#bench.hub.sessions.close(session, 'client');
    return new results.Disconnected();
  }

  async setOptions({ modelId }: DeviceClientOptions): Promise<void> {
    this.#modelId = modelId;
  }

  async updateSharedAccessSignature() {
    return new results.SharedAccessSignatureUpdated(false);
  }

  async sendEvent(message: Message, outputName?: string) {
    if (this.#session === undefined) await this.connect();
    await this.#say(topics.telemetry(this.#key, bagOf(message, outputName)), message.getBytes());
    return new results.MessageEnqueued();
  }

  async sendEventBatch() {
    return new results.MessageEnqueued();
  }

  async complete() {
    return new results.MessageCompleted();
  }

  async reject() {
    return new results.MessageRejected();
  }

  async abandon() {
    return new results.MessageAbandoned();
  }

  async getTwin(): Promise<TwinDocument> {
    const body = await this.#ask((rid) => topics.twinGet(rid), ' ');
    const { desired, reported } = isObject(body) ? body : {};
    return { desired: isObject(desired) ? desired : {}, reported: isObject(reported) ? reported : {} };
  }

  async updateReported(patch: unknown): Promise<void> {
    await this.#ask((rid) => topics.reportedPatch(rid), JSON.stringify(patch));
  }

  async sendMethodResponse({ status, requestId, payload }: DeviceMethodResponse): Promise<void> {
    await this.#say(topics.methodResponse(status, requestId), JSON.stringify(payload ?? null));
  }

  async enable(feature: topics.Feature): Promise<void> {
    if (this.#session === undefined) await this.connect();
    if (this.#features.has(feature)) return;
    this.#bench.turn();
    this.#features.add(feature);
    if (feature !== 'twinResponses') this.#bench.hub.sessions.subscribe(this.#open, feature, 0);
  }

  async disable(feature: topics.Feature): Promise<void> {
    if (!this.#features.delete(feature)) return;
    this.#bench.turn();
    if (feature !== 'twinResponses') this.#bench.hub.sessions.unsubscribe(this.#open, feature);
  }

  /** Throws NotConnectedError. */
  get #open(): Session {
    if (this.#session === undefined) throw new NotConnectedError('Connection closed');
    return this.#session;
  }

  async #ask(topicOf: (rid: string) => string, body: string) {
    await this.enable('twinResponses');
    const rid = randomUUID();
    const answer = this.#requests.expect(rid);
    await this.#say(topicOf(rid), body);
    return answer;
  }

  async #say(topic: string, payload: string | Buffer): Promise<void> {
    if (this.#session === undefined) await this.connect();
    this.#bench.turn();
    const { key } = this.#open;
    const onBug = (error: unknown): never => {
      throw error;
    };
    const { hub } = this.#bench;
    const answer = receive(
      { hub, key, refusal: undefined, hasTwins: true, onRefusal: () => {}, onBug },
      { topic, payload: Buffer.from(payload), retain: false },
    );
    if (answer === undefined) return;
    const { status, rid, version } = answer;
    this.#requests.settle(topics.twinResponse(status, rid, version), Buffer.from(answer.payload));
  }

  #hear(message: Downlink): void {
    const { topic, payload } = pushOf(message, this.#key);
    queueMicrotask(() => dispatch(this, { topic, payload: Buffer.from(payload), key: this.#key }));
  }

  /** A session of a hub that the bench no longer holds is nobody's. */
  #left(session: Session): void {
    if (this.#session !== session) return;
    this.#forget();
    this.emit('disconnect', mqttError(new Error('Connection closed')));
  }

  #forget(): void {
    this.#session = undefined;
    this.#bench.lines.delete(this);
    this.#requests.fail();
  }
}
