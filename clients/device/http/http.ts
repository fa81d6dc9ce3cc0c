import { EventEmitter } from 'node:events';
import type { AuthenticationProvider } from '../../shared/authentication-provider.ts';
import * as endpoint from '../../shared/endpoint.ts';
import { NotImplementedError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import type { Exchange, RestRequest } from '../../shared/rest-api.ts';
import * as results from '../../shared/results.ts';
import { applyOptions, canStop, canUpdate, credentialsOf } from '../authentication/credentials.ts';
import { DeviceApi } from '../device-api.ts';
import type {
  Capability,
  DeviceClientOptions,
  DeviceTransport,
  HttpReceiverOptions,
  TwinDocument,
} from '../transport.ts';
import { deviceError } from './error.ts';
import { batchOf, headersOf, messageFrom } from './message.ts';
import { checkPolicy, DEFAULT_POLICY, schedule } from './receive-policy.ts';

/** The content type of several messages; azure-iot-device-http 1.14. */
const BATCH = 'application/vnd.microsoft.iothub.json';

/** Why a device cannot have something over HTTP; texts of azure-iot-device-http 1.14. */
const MISSING = {
  desired: 'Twin is not implemented over HTTP.',
  methods: 'Direct methods are not implemented over HTTP.',
  inputs: 'Input messages are not implemented over HTTP.',
  outputs: 'Output events are not implemented over HTTP.',
} as const;

/**
 * A request for each operation, without a connection. Messages from the cloud are fetched as `http.receivePolicy` says: once a
 * second without it. If that fails, the transport emits `error` and tries again the next time.
 */
export class Http extends EventEmitter implements DeviceTransport {
  readonly #provider: AuthenticationProvider;
  readonly #api: DeviceApi;
  #policy = DEFAULT_POLICY;
  #wanted = false;
  #stop: (() => void) | undefined;
  #receiving: Promise<void> | undefined;

  constructor(provider: AuthenticationProvider, api: DeviceApi = new DeviceApi(provider)) {
    super();
    this.#provider = provider;
    this.#api = api;
  }

  /** Sends nothing. */
  async connect(): Promise<results.Connected> {
    if (this.#wanted) this.#start();
    this.emit('connected');
    return new results.Connected();
  }

  async disconnect(): Promise<results.Disconnected> {
    if (canStop(this.#provider)) this.#provider.stop();
    this.#end();
    return new results.Disconnected();
  }

  async setOptions(options: DeviceClientOptions): Promise<void> {
    const { receivePolicy, agent } = options.http ?? {};
    if (agent) throw new NotImplementedError('http.agent is not supported; leave it out');
    if (receivePolicy) checkPolicy(receivePolicy);
    applyOptions(this.#provider, options);
    this.#api.setOptions(options);
    if (receivePolicy) this.#change(receivePolicy);
  }

  async updateSharedAccessSignature(token: string): Promise<results.SharedAccessSignatureUpdated> {
    if (!canUpdate(this.#provider)) throw new NotImplementedError('The token of these credentials cannot be replaced');
    this.#provider.updateSharedAccessSignature(token);
    return new results.SharedAccessSignatureUpdated(false);
  }

  async sendEvent(message: Message, outputName?: string): Promise<results.MessageEnqueued> {
    if (outputName !== undefined) throw new NotImplementedError(MISSING.outputs);
    return this.#send({ headers: headersOf(message), body: message.getBytes() });
  }

  async sendEventBatch(messages: readonly Message[], outputName?: string): Promise<results.MessageEnqueued> {
    if (outputName !== undefined) throw new NotImplementedError(MISSING.outputs);
    return this.#send({ headers: { 'Content-Type': BATCH }, body: batchOf(messages) });
  }

  /** Fetches now: one message, or with `drain` all. With `manualPolling` this is the only way. */
  receive(): Promise<void> {
    this.#receiving ??= this.#fetch()
      .catch((error: unknown) => void this.emit('error', error))
      .finally(() => {
        this.#receiving = undefined;
      });
    return this.#receiving;
  }

  async complete(message: Message): Promise<results.MessageCompleted> {
    return new results.MessageCompleted(await this.#settle(message, { method: 'DELETE' }));
  }

  async reject(message: Message): Promise<results.MessageRejected> {
    return new results.MessageRejected(await this.#settle(message, { method: 'DELETE', query: '&reject' }));
  }

  async abandon(message: Message): Promise<results.MessageAbandoned> {
    return new results.MessageAbandoned(await this.#settle(message, { method: 'POST', action: '/abandon' }));
  }

  async getTwin(): Promise<TwinDocument> {
    throw new NotImplementedError(MISSING.desired);
  }

  async updateReported(): Promise<void> {
    throw new NotImplementedError(MISSING.desired);
  }

  async sendMethodResponse(): Promise<void> {
    throw new NotImplementedError(MISSING.methods);
  }

  async enable(capability: Capability): Promise<void> {
    if (capability !== 'c2d') throw new NotImplementedError(MISSING[capability]);
    this.#wanted = true;
    this.#start();
  }

  async disable(capability: Capability): Promise<void> {
    if (capability !== 'c2d') return;
    this.#wanted = false;
    this.#end();
  }

  #start(): void {
    this.#stop ??= schedule(this.#policy, () => void this.receive());
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #change(policy: HttpReceiverOptions): void {
    this.#policy = policy;
    if (!this.#stop) return;
    this.#end();
    this.#start();
  }

  async #send(request: Pick<RestRequest, 'headers' | 'body'>): Promise<results.MessageEnqueued> {
    const path = endpoint.deviceEventPath(await this.#deviceId());
    const headers = { 'iothub-to': path, ...request.headers };
    const sent = await this.#ask('Could not send message', {
      method: 'POST',
      path: `${path}${endpoint.versionQueryString()}`,
      ...request,
      headers,
    });
    return new results.MessageEnqueued(sent.httpResponse);
  }

  async #fetch(): Promise<void> {
    const path = endpoint.deviceMessagePath(await this.#deviceId());
    const request = { method: 'GET', path: `${path}${endpoint.versionQueryString()}` } as const;
    do {
      const { httpResponse, content } = await this.#ask('Could not receive messages', request);
      if (httpResponse.statusCode !== 200) return; // 204: there is none
      this.emit('message', messageFrom(httpResponse, content));
    } while (this.#policy.drain && this.#stop);
  }

  async #settle(
    { lockToken }: Message,
    { method, action = '', query = '' }: Settlement,
  ): Promise<results.HttpResponse> {
    const path = endpoint.deviceFeedbackPath(await this.#deviceId(), encodeURIComponent(lockToken));
    const { httpResponse } = await this.#ask('Could not settle message', {
      method,
      path: `${path}${action}${endpoint.versionQueryString()}${query}`,
      headers: { 'If-Match': lockToken },
    });
    return httpResponse;
  }

  #ask(failure: string, request: RestRequest): Promise<Exchange> {
    return this.#api.exchange(request).catch((error: Error) => {
      throw deviceError(failure, error);
    });
  }

  async #deviceId(): Promise<string> {
    return encodeURIComponent((await credentialsOf(this.#provider)).deviceId);
  }
}

interface Settlement {
  readonly method: 'DELETE' | 'POST';
  readonly action?: string;
  readonly query?: string;
}
