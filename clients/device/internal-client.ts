import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type Callback, settle } from '../shared/callback.ts';
import { ArgumentError, NotConnectedError } from '../shared/errors.ts';
import type { Message } from '../shared/message.ts';
import * as results from '../shared/results.ts';
import { ExponentialBackOffWithJitter, type RetryPolicy, retry } from '../shared/retry.ts';
import type { DeviceApi } from './device-api.ts';
import { DeviceMethodRequest, DeviceMethodResponse } from './method.ts';
import { ReconnectPause } from './reconnect.ts';
import type { Capability, DeviceClientOptions, DeviceTransport, MethodMessage } from './transport.ts';
import { Twin } from './twin.ts';

export type MethodHandler = (request: DeviceMethodRequest, response: DeviceMethodResponse) => void;

/**
 * The common base of device and module clients: one connection, which is restored when it is lost, and operations on it, which
 * are retried according to the retry policy. Emits `connect`, `disconnect` (results.Disconnected) and `error`.
 */
export abstract class InternalClient extends EventEmitter {
  /** The default number of milliseconds after which a token is replaced. */
  static sasRenewalInterval = 2_700_000;
  protected readonly transport: DeviceTransport;
  readonly #methods = new Map<string, MethodHandler>();
  readonly #pause = new ReconnectPause();
  #policy: RetryPolicy = new ExponentialBackOffWithJitter();
  readonly #api: DeviceApi | undefined;
  #twin: Twin | undefined;
  /** Operations wait for this, so programs need not await `setOptions`. */
  #optionsSet: Promise<unknown> = Promise.resolve();
  #wasConnected = false;
  #closed = false;

  constructor(transport: DeviceTransport, api?: DeviceApi) {
    super();
    if (!transport) throw new ReferenceError(`transport is '${transport}'`);
    this.transport = transport;
    this.#api = api;
    transport.on('error', () => undefined);
    transport.on('connected', () => this.#connected());
    transport.on('disconnect', (error?: Error) => this.#lost(error));
    transport.on('method', (call: MethodMessage) => this.#call(call));
  }

  open(openCallback: Callback<results.Connected>): void;
  open(): Promise<results.Connected>;
  open(openCallback?: Callback<results.Connected>) {
    this.#closed = false;
    return settle(() => this.retry(() => this.transport.connect()), openCallback);
  }

  close(closeCallback: Callback<results.Disconnected>): void;
  close(): Promise<results.Disconnected>;
  close(closeCallback?: Callback<results.Disconnected>) {
    this.#closed = true;
    return settle(() => this.transport.disconnect(), closeCallback);
  }

  /** Resolves when the hub has acknowledged the message. */
  sendEvent(message: Message, sendEventCallback: Callback<results.MessageEnqueued>): void;
  sendEvent(message: Message): Promise<results.MessageEnqueued>;
  sendEvent(message: Message, sendEventCallback?: Callback<results.MessageEnqueued>) {
    return settle(() => this.retry(() => this.transport.sendEvent(message)), sendEventCallback);
  }

  /** Over HTTP only; other transports reject with NotImplementedError, as those of azure-iot-device. */
  sendEventBatch(messages: Message[], sendEventBatchCallback: Callback<results.MessageEnqueued>): void;
  sendEventBatch(messages: Message[]): Promise<results.MessageEnqueued>;
  sendEventBatch(messages: Message[], sendEventBatchCallback?: Callback<results.MessageEnqueued>) {
    return settle(() => this.retry(() => this.transport.sendEventBatch(messages)), sendEventBatchCallback);
  }

  /** When `Http` fetches messages, as `http.receivePolicy`. */
  setTransportOptions(options: object, done: Callback<results.TransportConfigured>): void;
  setTransportOptions(options: object): Promise<results.TransportConfigured>;
  setTransportOptions(options: object, done?: Callback<results.TransportConfigured>) {
    return settle(() => this.#set({ http: { receivePolicy: options } }, options), done);
  }

  /** Must be called before `open`. */
  setOptions(options: DeviceClientOptions, done: Callback<results.TransportConfigured>): void;
  setOptions(options: DeviceClientOptions): Promise<results.TransportConfigured>;
  setOptions(options: DeviceClientOptions, done?: Callback<results.TransportConfigured>) {
    return settle(() => this.#set(options, options), done);
  }

  complete(message: Message, completeCallback: Callback<results.MessageCompleted>): void;
  complete(message: Message): Promise<results.MessageCompleted>;
  complete(message: Message, completeCallback?: Callback<results.MessageCompleted>) {
    return settle(() => this.retry(() => this.transport.complete(given(message))), completeCallback);
  }

  /** Rejects with NotImplementedError over MQTT. */
  reject(message: Message, rejectCallback: Callback<results.MessageRejected>): void;
  reject(message: Message): Promise<results.MessageRejected>;
  reject(message: Message, rejectCallback?: Callback<results.MessageRejected>) {
    return settle(() => this.retry(() => this.transport.reject(given(message))), rejectCallback);
  }

  /** Rejects with NotImplementedError over MQTT. */
  abandon(message: Message, abandonCallback: Callback<results.MessageAbandoned>): void;
  abandon(message: Message): Promise<results.MessageAbandoned>;
  abandon(message: Message, abandonCallback?: Callback<results.MessageAbandoned>) {
    return settle(() => this.retry(() => this.transport.abandon(given(message))), abandonCallback);
  }

  /** The twin, with its current values; always the same object. */
  getTwin(done: Callback<Twin>): void;
  getTwin(): Promise<Twin>;
  getTwin(done?: Callback<Twin>) {
    return settle(() => {
      this.#twin ??= new Twin(this.transport, this.#policy, { stopped: this.#isFinal });
      return this.#twin.get();
    }, done);
  }

  /** Throws ArgumentError if `policy` lacks one of its two methods. */
  setRetryPolicy(policy: RetryPolicy): void {
    if (!policy) throw new ReferenceError(`'policy' cannot be '${policy}'`);
    if (typeof policy.shouldRetry !== 'function' || typeof policy.nextRetryTimeout !== 'function')
      throw new ArgumentError('A policy needs the methods shouldRetry and nextRetryTimeout');
    this.#policy = policy;
    this.#twin?.setRetryPolicy(policy);
  }

  /** Uses another token from now on. */
  updateSharedAccessSignature(
    sharedAccessSignature: string,
    updateSasCallback?: Callback<results.SharedAccessSignatureUpdated>,
  ): void {
    if (!sharedAccessSignature) throw new ReferenceError('sharedAccessSignature is falsy');
    settle(
      () => this.retry(() => this.transport.updateSharedAccessSignature(sharedAccessSignature)),
      updateSasCallback ?? (() => undefined),
    );
  }

  protected retry<T>(operation: () => Promise<T>): Promise<T> {
    const ready = this.#optionsSet;
    return retry(
      () => ready.then(operation),
      () => this.#policy,
      { stopped: this.#isFinal },
    );
  }

  protected listen(capability: Capability): void {
    this.retry(() => this.transport.enable(capability)).catch((error: unknown) => this.emit('error', error));
  }

  protected unlisten(capability: Capability): void {
    this.#optionsSet
      .then(() => this.transport.disable(capability))
      .catch((error: unknown) => this.emit('error', error));
  }

  protected addMethod(methodName: string, handler: MethodHandler): void {
    if (!methodName) throw new ReferenceError(`methodName cannot be '${methodName}'`);
    if (typeof methodName !== 'string') throw new TypeError(`methodName is a ${typeof methodName}, not a string`);
    if (!handler) throw new ReferenceError(`callback cannot be '${handler}'`);
    if (typeof handler !== 'function') throw new TypeError(`callback is a ${typeof handler}, not a function`);
    if (this.#methods.has(methodName))
      throw new Error('A handler for this method has already been registered with the client.');
    this.#methods.set(methodName, handler);
    this.listen('methods');
  }

  /** If the first connection fails, do not retry, as azure-iot-device-mqtt; only a lost connection is restored. */
  readonly #isFinal = (error: Error): boolean =>
    this.#closed || (!this.#wasConnected && error instanceof NotConnectedError);

  #connected(): void {
    const again = this.#wasConnected;
    this.#wasConnected = true;
    this.#closed = false;
    this.#pause.connected(Date.now());
    this.emit('connect');
    if (again) this.#twin?.refresh().catch(() => undefined); // a later reconnect or get() fetches the twin again
  }

  #lost(error: Error | undefined): void {
    if (this.#closed) return;
    const pause = error && this.#policy.shouldRetry(error) ? this.#pause.next(this.#policy, Date.now()) : -1;
    if (pause < 0) this.#disconnected(error);
    else setTimeout(() => this.#reconnect(), pause);
  }

  #reconnect(): void {
    if (this.#closed) return;
    this.retry(() => this.transport.connect()).catch((failure: Error) => this.#disconnected(failure));
  }

  #disconnected(error: Error | undefined): void {
    if (!this.#closed) this.emit('disconnect', new results.Disconnected(error, error?.message));
  }

  #call({ requestId, methodName, body }: MethodMessage): void {
    const handler = this.#methods.get(methodName);
    if (!handler) return;
    const response = new DeviceMethodResponse(requestId, this.transport);
    try {
      handler(new DeviceMethodRequest(requestId, methodName, body), response);
    } catch (error) {
      if (response.isResponseComplete) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      response.send(400, `Invalid request format: ${reason}`).catch(() => undefined);
    }
  }

  async #set(options: DeviceClientOptions, given: object | undefined): Promise<results.TransportConfigured> {
    if (!given) throw new ReferenceError('options cannot be falsy.');
    const applied = this.#apply(options);
    this.#optionsSet = applied.catch(() => undefined);
    await applied;
    return new results.TransportConfigured();
  }

  async #apply(options: DeviceClientOptions): Promise<void> {
    const { ca } = options;
    const pem = ca === undefined ? undefined : await readFile(ca, 'utf8').catch(() => ca);
    const read = pem === undefined ? options : { ...options, ca: pem };
    await this.transport.setOptions(read);
    this.#api?.setOptions(read);
  }
}

const given = (message: Message): Message => {
  if (!message) throw new ReferenceError(`message is '${message}'`);
  return message;
};
