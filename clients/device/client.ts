import type { Readable } from 'node:stream';
import type { AuthenticationProvider } from '../shared/authentication-provider.ts';
import { type Callback, type ErrorCallback, settle } from '../shared/callback.ts';
import { NotImplementedError } from '../shared/errors.ts';
import type { Message } from '../shared/message.ts';
import * as providers from './authentication/providers.ts';
import { DeviceApi, type UploadParams } from './device-api.ts';
import { InternalClient, type MethodHandler } from './internal-client.ts';
import type { DeviceTransport, TransportCtor } from './transport.ts';

/** A device. Emits `message` for messages from the cloud; it subscribes to them while there is a listener. */
export class Client extends InternalClient {
  readonly #api: DeviceApi | undefined;

  /** Without `api` there are no file uploads. */
  constructor(transport: DeviceTransport, api?: DeviceApi) {
    super(transport, api);
    this.#api = api;
    transport.on('message', (message: Message) => this.emit('message', message));
    this.on('newListener', (event) => {
      if (event === 'message') this.listen('c2d');
    });
    this.on('removeListener', (event) => {
      if (event === 'message' && this.listenerCount('message') === 0) this.unlisten('c2d');
    });
  }

  /** Handles calls of one direct method; throws if the method has a handler already. */
  onDeviceMethod(methodName: string, callback: MethodHandler): void {
    this.addMethod(methodName, callback);
  }

  /** Uploads a file of `streamLength` bytes to the hub's storage and sends the result to the hub. */
  uploadToBlob(blobName: string, stream: Readable, streamLength: number, callback: ErrorCallback): void;
  uploadToBlob(blobName: string, stream: Readable, streamLength: number): Promise<void>;
  uploadToBlob(blobName: string, stream: Readable, streamLength: number, callback?: ErrorCallback) {
    return settle(() => {
      check({ blobName, stream, streamLength });
      return this.#files().upload({ blobName, stream, length: streamLength });
    }, callback);
  }

  /** The place to upload a file to, for programs that upload it themselves. */
  getBlobSharedAccessSignature(blobName: string, callback: Callback<UploadParams>): void;
  getBlobSharedAccessSignature(blobName: string): Promise<UploadParams>;
  getBlobSharedAccessSignature(blobName: string, callback?: Callback<UploadParams>) {
    return settle(() => {
      check({ blobName });
      return this.retry(() => this.#files().uploadParams(blobName));
    }, callback);
  }

  /** Sends the hub the result of an upload that the program did itself. */
  notifyBlobUploadStatus(
    correlationId: string,
    isSuccess: boolean,
    statusCode: number,
    statusDescription: string,
    callback: ErrorCallback,
  ): void;
  notifyBlobUploadStatus(
    correlationId: string,
    isSuccess: boolean,
    statusCode: number,
    statusDescription: string,
  ): Promise<void>;
  notifyBlobUploadStatus(
    correlationId: string,
    ...[isSuccess, statusCode, statusDescription, callback]: [boolean, number, string, ErrorCallback?]
  ) {
    return settle(() => {
      check({ correlationId });
      return this.retry(() => this.#files().notify(correlationId, { isSuccess, statusCode, statusDescription }));
    }, callback);
  }

  /** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(connStr: string, transportCtor: TransportCtor): Client {
    return make(providers.fromConnectionString(connStr), transportCtor);
  }

  static fromSharedAccessSignature(sharedAccessSignature: string, transportCtor: TransportCtor): Client {
    return make(providers.fromSharedAccessSignature(sharedAccessSignature), transportCtor);
  }

  static fromAuthenticationProvider(
    authenticationProvider: AuthenticationProvider,
    transportCtor: TransportCtor,
  ): Client {
    providers.checkProvider(authenticationProvider, transportCtor);
    return make(authenticationProvider, transportCtor);
  }

  #files(): DeviceApi {
    if (!this.#api) throw new NotImplementedError('This client was made without file uploads');
    return this.#api;
  }
}

const make = (provider: AuthenticationProvider, transportCtor: TransportCtor): Client =>
  new Client(new transportCtor(provider), new DeviceApi(provider));

const check = (named: Readonly<Record<string, unknown>>): void => {
  for (const [name, value] of Object.entries(named))
    if (!value) throw new ReferenceError(`${name} cannot be '${value}'`);
};
