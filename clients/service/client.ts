import { EventEmitter } from 'node:events';
import { type IncomingMessageCallback, type ResultWithIncomingMessage, settleMessage } from '../shared/callback.ts';
import { ArgumentError } from '../shared/errors.ts';
import { type BufferConvertible, Message } from '../shared/message.ts';
import type { RestApi } from '../shared/rest-api.ts';
import { type Connected, Disconnected, type HttpResponse, type MessageEnqueued } from '../shared/results.ts';
import { ExponentialBackOffWithJitter, NoRetry, type RetryPolicy, retry } from '../shared/retry.ts';
import { Amqp } from './amqp/amqp.ts';
import type { ServiceReceiver } from './amqp/service-receiver.ts';
import { type DeviceMethodParams, type DeviceMethodResult, type Invocation, methodRequest } from './device-method.ts';
import * as access from './hub-access.ts';

// biome-ignore lint/suspicious/noExplicitAny: a method's answer is untyped in azure-iothub too
type Answer = any;
type Done = IncomingMessageCallback<Answer>;

type Sent = IncomingMessageCallback<MessageEnqueued>;
type Got = IncomingMessageCallback<ServiceReceiver>;

/** How a client sends messages and receives feedback: `Amqp` or `AmqpWs`. */
export type ServiceTransport = Pick<
  Amqp,
  'on' | 'connect' | 'disconnect' | 'send' | 'getFeedbackReceiver' | 'getFileNotificationReceiver'
>;

export type TransportCtor = new (config: access.TransportConfig, options?: access.ServiceOptions) => ServiceTransport;

/**
 * Sends messages to devices and receives feedback over AMQP; calls direct methods of devices and modules over REST. Emits
 * `disconnect` (results.Disconnected) when the AMQP connection is lost; the next operation that needs it opens another one.
 */
export class Client extends EventEmitter {
  readonly #rest: RestApi;
  readonly #transport: ServiceTransport;
  #retryPolicy: RetryPolicy;

  constructor(
    config: access.TransportConfig,
    options: access.ServiceOptions = {},
    transportCtor: TransportCtor = Amqp,
  ) {
    super();
    this.#rest = access.restOf(config, { ...options, retryPolicy: new NoRetry() });
    this.#retryPolicy = options.retryPolicy ?? new ExponentialBackOffWithJitter();
    this.#transport = new transportCtor(config, options);
    this.#transport.on('disconnect', (error: Error) => this.emit('disconnect', new Disconnected(error, error.message)));
  }

  /** Connects over AMQP; not needed, because everything that needs a connection opens it. */
  open(done: IncomingMessageCallback<Connected>): void;
  open(): Promise<ResultWithIncomingMessage<Connected>>;
  open(done?: IncomingMessageCallback<Connected>) {
    return settleMessage(() => this.#retry(async () => plain(await this.#transport.connect())), done);
  }

  /** Closes the AMQP connection, if there is one. REST needs no end: idle connections keep no process alive. */
  close(done: IncomingMessageCallback<Disconnected>): void;
  close(): Promise<ResultWithIncomingMessage<Disconnected>>;
  close(done?: IncomingMessageCallback<Disconnected>) {
    return settleMessage(async () => plain(await this.#transport.disconnect()), done);
  }

  /**
   * Puts a message into a device's queue. Rejects with DeviceNotFoundError, or with DeviceMaximumQueueDepthExceededError if 50
   * messages are in the queue. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d
   */
  send(deviceId: string, message: Message | BufferConvertible, done: Sent): void;
  send(deviceId: string, message: Message | BufferConvertible): Promise<ResultWithIncomingMessage<MessageEnqueued>>;
  send(deviceId: string, message: Message | BufferConvertible, done?: Sent) {
    return settleMessage(() => {
      if (!deviceId) throw new ReferenceError(`deviceId is '${deviceId}'`);
      const whole = asMessage(message);
      return this.#retry(() => this.#transport.send(deviceId, whole));
    }, done);
  }

  /** Receives what became of messages that were sent with `ack`; always the same object while its link is open. */
  getFeedbackReceiver(done: Got): void;
  getFeedbackReceiver(): Promise<ResultWithIncomingMessage<ServiceReceiver>>;
  getFeedbackReceiver(done?: Got) {
    return settleMessage(() => this.#retry(() => this.#transport.getFeedbackReceiver()), done);
  }

  /** Receives a message for each uploaded file; always the same object while its link is open. */
  getFileNotificationReceiver(done: Got): void;
  getFileNotificationReceiver(): Promise<ResultWithIncomingMessage<ServiceReceiver>>;
  getFileNotificationReceiver(done?: Got) {
    return settleMessage(() => this.#retry(() => this.#transport.getFileNotificationReceiver()), done);
  }

  /** Calls a method of a device or module; `result` is `{ status, payload }`. */
  invokeDeviceMethod(deviceId: string, methodParams: DeviceMethodParams, done: Done): void;
  invokeDeviceMethod(deviceId: string, moduleId: string, methodParams: DeviceMethodParams, done: Done): void;
  invokeDeviceMethod(deviceId: string, methodParams: DeviceMethodParams): Promise<ResultWithIncomingMessage<Answer>>;
  invokeDeviceMethod(
    deviceId: string,
    moduleId: string,
    methodParams: DeviceMethodParams,
  ): Promise<ResultWithIncomingMessage<Answer>>;
  invokeDeviceMethod(
    deviceId: string,
    second: string | DeviceMethodParams,
    third?: DeviceMethodParams | Done,
    fourth?: Done,
  ) {
    const [invocation, done] = split(deviceId, [second, third, fourth]);
    return settleMessage(() => {
      const request = methodRequest(invocation);
      const call = () => this.#rest.call<DeviceMethodResult>(request);
      return this.#retry(call).then(({ responseBody: result, httpResponse: message }) => ({
        result,
        message,
      }));
    }, done);
  }

  /** Throws ArgumentError if `policy` lacks one of its two methods. */
  setRetryPolicy(policy: RetryPolicy): void {
    if (!policy) throw new ReferenceError(`policy cannot be '${policy}'`);
    if (typeof policy.shouldRetry !== 'function' || typeof policy.nextRetryTimeout !== 'function')
      throw new ArgumentError('policy should have a shouldRetry method and a nextRetryTimeout method');
    this.#retryPolicy = policy;
  }

  /** Over AMQP, unless `transportCtor` says otherwise. Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(value: string, transportCtor?: TransportCtor, options?: access.ServiceOptions): Client {
    return new Client(access.fromConnectionString(value), options, transportCtor);
  }

  static fromSharedAccessSignature(
    value: string,
    transportCtor?: TransportCtor,
    options?: access.ServiceOptions,
  ): Client {
    return new Client(access.fromSharedAccessSignature(value), options, transportCtor);
  }

  static fromTokenCredential(
    hostName: string,
    tokenCredential: access.TokenCredential,
    ...[transportCtor, options]: [TransportCtor?, access.ServiceOptions?]
  ): Client {
    return new Client(access.fromTokenCredential(hostName, tokenCredential), options, transportCtor);
  }

  #retry<T>(operation: () => Promise<T>): Promise<T> {
    return retry(operation, () => this.#retryPolicy);
  }
}

const plain = <T>(result: T): ResultWithIncomingMessage<T> => ({ result, message: NO_MESSAGE });

const asMessage = (message: Message | BufferConvertible): Message => {
  if (!message) throw new ReferenceError(`message is '${message}'`);
  if (isMessage(message)) return message;
  if (!Message.isBufferConvertible(message))
    throw new ArgumentError('message is not of type Message or Message.BufferConvertible');
  return new Message(message);
};

/** By its name too, as in azure-iothub: so the class of azure-iot-common is welcome. */
const isMessage = (message: Message | BufferConvertible): message is Message =>
  message instanceof Message || message.constructor.name === 'Message';

const NO_MESSAGE: HttpResponse = { statusCode: 0, headers: {} };

type Rest = readonly [string | DeviceMethodParams, DeviceMethodParams | Done | undefined, Done | undefined];

/** The arguments of the four forms of `invokeDeviceMethod`. */
const split = (deviceId: string, [second, third, fourth]: Rest): [Invocation, Done | undefined] => {
  const done = typeof third === 'function' ? third : fourth;
  if (typeof second !== 'string') return [{ deviceId, params: second }, done];
  const params = third as DeviceMethodParams; // checked, like every argument, before it is sent
  return [{ deviceId, moduleId: second, params }, done];
};
