import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import type { AuthenticationProvider } from '../shared/authentication-provider.ts';
import { deviceBlobUploadNotificationPath, deviceBlobUploadPath, versionQueryString } from '../shared/endpoint.ts';
import { httpError } from '../shared/http-error.ts';
import { type Exchange, RestApi, type RestRequest } from '../shared/rest-api.ts';
import { twinPath } from '../shared/twin-path.ts';
import { userAgent } from '../shared/user-agent.ts';
import { credentialsOf } from './authentication/credentials.ts';
import type { DeviceClientOptions } from './transport.ts';

/** The place to upload a file to. */
export interface UploadParams {
  correlationId: string;
  hostName: string;
  containerName: string;
  blobName: string;
  /** Starts with `?`. */
  sasToken: string;
}

/** The result of an upload. */
export interface UploadOutcome {
  readonly isSuccess: boolean;
  readonly statusCode: number;
  readonly statusDescription: string;
}

/** A file to upload: a stream of `length` bytes. */
export interface Upload {
  readonly blobName: string;
  readonly stream: Readable;
  readonly length: number;
}

/** A direct method's name, argument and time limits. */
export interface MethodParams {
  methodName: string;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON value, as in azure-iot-device
  payload: any;
  connectTimeoutInSeconds: number;
  responseTimeoutInSeconds: number;
}

/** The response of the called device or module. */
export interface MethodResult {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON value, as in azure-iot-device
  payload: any;
}

interface MethodCall {
  readonly deviceId: string;
  readonly moduleId: string | undefined;
  readonly params: MethodParams;
}

/**
 * The requests that a device sends over HTTPS: file uploads, and the method calls of modules.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload
 */
export class DeviceApi {
  readonly #provider: AuthenticationProvider;
  readonly #dispatcher: Dispatcher | undefined;
  #options: DeviceClientOptions = {};
  #rest: RestApi | undefined;

  constructor(provider: AuthenticationProvider, dispatcher?: Dispatcher) {
    this.#provider = provider;
    this.#dispatcher = dispatcher;
  }

  setOptions(options: DeviceClientOptions): void {
    this.#options = { ...this.#options, ...options };
    this.#rest = undefined;
  }

  async uploadParams(blobName: string): Promise<UploadParams> {
    const path = `${deviceBlobUploadPath(await this.#deviceId())}${versionQueryString()}`;
    return (await this.call<UploadParams>({ method: 'POST', path, body: { blobName } })).responseBody;
  }

  async notify(correlationId: string, outcome: UploadOutcome): Promise<void> {
    const path = deviceBlobUploadNotificationPath(await this.#deviceId(), correlationId);
    await this.call({ method: 'POST', path: `${path}${versionQueryString()}`, body: outcome });
  }

  /** Uploads the file and sends the result to the hub; rejects if the upload failed. */
  async upload({ blobName, stream, length }: Upload): Promise<void> {
    const { correlationId, ...place } = await this.uploadParams(blobName);
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-length': String(length) };
    const failure = await this.#put(urlOf(place), { headers, body: stream });
    if (failure === undefined)
      return this.notify(correlationId, { isSuccess: true, statusCode: 201, statusDescription: 'Created' });
    await this.notify(correlationId, { isSuccess: false, statusCode: -1, statusDescription: failure.message });
    throw failure;
  }

  /** Calls a method of another device or module from within IoT Edge. */
  async invokeMethod({ deviceId, moduleId, params }: MethodCall): Promise<MethodResult> {
    const caller = await credentialsOf(this.#provider);
    const { responseBody } = await this.call<MethodResult>({
      method: 'POST',
      path: `${twinPath(deviceId, moduleId)}/methods${versionQueryString()}`,
      headers: { 'x-ms-edge-moduleId': `${caller.deviceId}/${caller.moduleId}` },
      body: params,
    });
    return responseBody;
  }

  /** Sends any request with the device's credentials. */
  async call<T>(restRequest: RestRequest) {
    return (await this.#api()).call<T>(restRequest);
  }

  /** The same for content that is not JSON. */
  async exchange(restRequest: RestRequest): Promise<Exchange> {
    return (await this.#api()).exchange(restRequest);
  }

  async #api(): Promise<RestApi> {
    const { host, gatewayHostName, x509 } = await credentialsOf(this.#provider);
    this.#rest ??= new RestApi({
      host: gatewayHostName || host,
      authorize: async () => (await credentialsOf(this.#provider)).sharedAccessSignature,
      userAgent: userAgent(this.#options.productInfo),
      ca: this.#options.ca,
      cert: x509?.cert === undefined ? undefined : [x509.cert].flat().join('\n'),
      key: x509?.key,
      passphrase: x509?.passphrase,
      dispatcher: this.#dispatcher,
    });
    return this.#rest;
  }

  async #put(url: string, file: { headers: Record<string, string>; body: Readable }): Promise<Error | undefined> {
    try {
      const dispatcher = this.#dispatcher === undefined ? {} : { dispatcher: this.#dispatcher };
      const { statusCode, headers, body } = await request(url, { method: 'PUT', ...file, ...dispatcher });
      const text = await body.text();
      return statusCode < 300 ? undefined : httpError({ statusCode, headers }, text);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #deviceId(): Promise<string> {
    return encodeURIComponent((await credentialsOf(this.#provider)).deviceId);
  }
}

const urlOf = ({ hostName, containerName, blobName, sasToken }: Omit<UploadParams, 'correlationId'>): string =>
  `https://${hostName}/${containerName}/${blobName.split('/').map(encodeURIComponent).join('/')}${sasToken}`;
