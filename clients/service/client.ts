import { EventEmitter } from 'node:events';
import { type IncomingMessageCallback, type ResultWithIncomingMessage, settleMessage } from '../shared/callback.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { RestApi } from '../shared/rest-api.ts';
import { Connected, Disconnected, type HttpResponse } from '../shared/results.ts';
import { ExponentialBackOffWithJitter, NoRetry, type RetryPolicy, retry } from '../shared/retry.ts';
import { type DeviceMethodParams, type DeviceMethodResult, type Invocation, methodRequest } from './device-method.ts';
import * as access from './hub-access.ts';

// biome-ignore lint/suspicious/noExplicitAny: a method's answer is untyped in azure-iothub too
type Answer = any;
type Done = IncomingMessageCallback<Answer>;

/** Speaks to devices through the hub: direct methods. */
export class Client extends EventEmitter {
  readonly #rest: RestApi;
  #retryPolicy: RetryPolicy;

  constructor(config: access.TransportConfig, options: access.ServiceOptions = {}) {
    super();
    this.#rest = access.restOf(config, { ...options, retryPolicy: new NoRetry() });
    this.#retryPolicy = options.retryPolicy ?? new ExponentialBackOffWithJitter();
  }

  /** Needs no connection of its own; here for programs that open what they use. */
  open(done: IncomingMessageCallback<Connected>): void;
  open(): Promise<ResultWithIncomingMessage<Connected>>;
  open(done?: IncomingMessageCallback<Connected>) {
    return settleMessage(async () => ({ result: new Connected(), message: NO_MESSAGE }), done);
  }

  /** Idle connections close by themselves and keep no process alive. */
  close(done: IncomingMessageCallback<Disconnected>): void;
  close(): Promise<ResultWithIncomingMessage<Disconnected>>;
  close(done?: IncomingMessageCallback<Disconnected>) {
    return settleMessage(async () => ({ result: new Disconnected(), message: NO_MESSAGE }), done);
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
      return retry(call, () => this.#retryPolicy).then(({ responseBody: result, httpResponse: message }) => ({
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

  /** `_transport` names azure-iothub's AMQP transport: there is none here, and methods need none. */
  static fromConnectionString(value: string, _transport?: unknown, options?: access.ServiceOptions): Client {
    return new Client(access.fromConnectionString(value), options);
  }

  static fromSharedAccessSignature(value: string, _transport?: unknown, options?: access.ServiceOptions): Client {
    return new Client(access.fromSharedAccessSignature(value), options);
  }

  static fromTokenCredential(
    hostName: string,
    tokenCredential: access.TokenCredential,
    _transport?: unknown,
    options?: access.ServiceOptions,
  ): Client {
    return new Client(access.fromTokenCredential(hostName, tokenCredential), options);
  }
}

const NO_MESSAGE: HttpResponse = { statusCode: 0, headers: {} };

type Rest = readonly [string | DeviceMethodParams, DeviceMethodParams | Done | undefined, Done | undefined];

/** Tells the four forms of `invokeDeviceMethod` apart. */
const split = (deviceId: string, [second, third, fourth]: Rest): [Invocation, Done | undefined] => {
  const done = typeof third === 'function' ? third : fourth;
  if (typeof second !== 'string') return [{ deviceId, params: second }, done];
  const params = third as DeviceMethodParams; // checked, like every argument, before it is sent
  return [{ deviceId, moduleId: second, params }, done];
};
