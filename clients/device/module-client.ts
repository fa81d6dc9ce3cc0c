import { readFile } from 'node:fs/promises';
import type { AuthenticationProvider } from '../shared/authentication-provider.ts';
import { type Callback, settle } from '../shared/callback.ts';
import { ArgumentError, NotImplementedError, PreconditionFailedError } from '../shared/errors.ts';
import type { Message } from '../shared/message.ts';
import type { MessageEnqueued } from '../shared/results.ts';
import * as providers from './authentication/providers.ts';
import { DeviceApi, type MethodParams, type MethodResult } from './device-api.ts';
import { InternalClient, type MethodHandler } from './internal-client.ts';
import type { DeviceTransport, TransportCtor } from './transport.ts';

type Enqueued = Callback<MessageEnqueued>;

/** A module of a device. Emits `inputMessage` (input name, message); it subscribes while there is a listener. */
export class ModuleClient extends InternalClient {
  readonly #api: DeviceApi | undefined;

  /** Without `api` no methods can be invoked. */
  constructor(transport: DeviceTransport, api?: DeviceApi) {
    super(transport, api);
    this.#api = api;
    transport.on('inputMessage', (input: string, message: Message) => this.emit('inputMessage', input, message));
    this.on('newListener', (event) => {
      if (event === 'inputMessage') this.listen('inputs');
    });
    this.on('removeListener', (event) => {
      if (event === 'inputMessage' && this.listenerCount('inputMessage') === 0) this.unlisten('inputs');
    });
  }

  sendOutputEvent(outputName: string, message: Message, callback: Enqueued): void;
  sendOutputEvent(outputName: string, message: Message): Promise<MessageEnqueued>;
  sendOutputEvent(outputName: string, message: Message, callback?: Enqueued) {
    return settle(() => this.retry(() => this.transport.sendEvent(message, outputName)), callback);
  }

  /** Rejects with NotImplementedError over MQTT, as in azure-iot-device-mqtt. */
  sendOutputEventBatch(outputName: string, messages: Message[], callback: Enqueued): void;
  sendOutputEventBatch(outputName: string, messages: Message[]): Promise<MessageEnqueued>;
  sendOutputEventBatch(outputName: string, messages: Message[], callback?: Enqueued) {
    return settle(() => this.retry(() => this.transport.sendEventBatch(messages, outputName)), callback);
  }

  /** Calls a method of another device or module, from within IoT Edge. */
  invokeMethod(deviceId: string, methodParams: MethodParams, callback: Callback<MethodResult>): void;
  invokeMethod(deviceId: string, moduleId: string, methodParams: MethodParams, callback: Callback<MethodResult>): void;
  invokeMethod(deviceId: string, methodParams: MethodParams): Promise<MethodResult>;
  invokeMethod(deviceId: string, moduleId: string, methodParams: MethodParams): Promise<MethodResult>;
  invokeMethod(
    deviceId: string,
    second: string | MethodParams,
    third?: MethodParams | Callback<MethodResult>,
    fourth?: Callback<MethodResult>,
  ) {
    const done = typeof third === 'function' ? third : fourth;
    return settle(() => {
      const params = typeof second === 'string' ? third : second;
      if (!deviceId) throw new ReferenceError(`deviceId is '${deviceId}'`);
      if (!params || typeof params === 'function') throw new ReferenceError('methodParams cannot be falsy');
      if (!params.methodName) throw new ArgumentError('methodParams.methodName cannot be falsy');
      if (!this.#api) throw new NotImplementedError('This client was made without HTTPS');
      return this.#api.invokeMethod({ deviceId, moduleId: typeof second === 'string' ? second : undefined, params });
    }, done);
  }

  /** Handles calls of one direct method; throws if the method has a handler already. */
  onMethod(methodName: string, callback: MethodHandler): void {
    this.addMethod(methodName, callback);
  }

  /** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(connStr: string, transportCtor: TransportCtor): ModuleClient {
    return make(providers.fromConnectionString(connStr), transportCtor);
  }

  static fromSharedAccessSignature(sharedAccessSignature: string, transportCtor: TransportCtor): ModuleClient {
    return make(providers.fromSharedAccessSignature(sharedAccessSignature), transportCtor);
  }

  static fromAuthenticationProvider(
    authenticationProvider: AuthenticationProvider,
    transportCtor: TransportCtor,
  ): ModuleClient {
    providers.checkProvider(authenticationProvider, transportCtor);
    return make(authenticationProvider, transportCtor);
  }

  /** Reads the connection string that IoT Edge's tools set in the environment, for debugging outside of IoT Edge. */
  static fromEnvironment(transportCtor: TransportCtor, callback: Callback<ModuleClient>): void;
  static fromEnvironment(transportCtor: TransportCtor): Promise<ModuleClient>;
  static fromEnvironment(transportCtor: TransportCtor, callback?: Callback<ModuleClient>) {
    return settle(async () => {
      if (!transportCtor) throw new ReferenceError(`transportCtor cannot be '${transportCtor}'`);
      const { EdgeHubConnectionString, IotHubConnectionString, EdgeModuleCACertificateFile } = process.env;
      const text = EdgeHubConnectionString ?? IotHubConnectionString;
      if (text === undefined && process.env.IOTEDGE_WORKLOADURI)
        throw new NotImplementedError('The workload API of IoT Edge is not supported');
      if (text === undefined) throw new PreconditionFailedError('The environment holds no connection string');
      const client = ModuleClient.fromConnectionString(text, transportCtor);
      if (EdgeModuleCACertificateFile)
        await client.setOptions({ ca: await readFile(EdgeModuleCACertificateFile, 'utf8') });
      return client;
    }, callback);
  }
}

const make = (provider: AuthenticationProvider, transportCtor: TransportCtor): ModuleClient =>
  new ModuleClient(new transportCtor(provider), new DeviceApi(provider));
