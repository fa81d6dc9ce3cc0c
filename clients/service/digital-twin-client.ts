import { settleAs, type TripleValueCallback } from '../shared/callback.ts';
import { readConnectionString } from '../shared/connection-string.ts';
import { apiVersion, versionQueryString } from '../shared/endpoint.ts';
import type { HttpError } from '../shared/http-error.ts';
import type { RestApi, RestRequest } from '../shared/rest-api.ts';
import type { HttpResponse } from '../shared/results.ts';
import { anHourFromNow, SharedAccessSignature } from '../shared/shared-access-signature.ts';
import * as access from './hub-access.ts';
import type { Row } from './row.ts';

/** A service connection string as credentials; throws ArgumentError if a part is missing. */
export class IoTHubTokenCredentials {
  readonly #connectionString: string;
  readonly #host: string;

  constructor(connectionString: string) {
    this.#host = readConnectionString(connectionString, ['SharedAccessKeyName', 'SharedAccessKey']).HostName;
    this.#connectionString = connectionString;
  }

  /** Adds a new token to the request's headers. */
  signRequest<R extends { headers: { set(name: string, value: string): void } }>(webResource: R): Promise<R> {
    const { sharedAccessSignature } = access.fromConnectionString(this.#connectionString);
    const token = sharedAccessSignature instanceof SharedAccessSignature ? sharedAccessSignature : undefined;
    webResource.headers.set('authorization', token?.extend(anHourFromNow()) ?? '');
    return Promise.resolve(webResource);
  }

  /** The hub's host name. */
  getHubName(): string {
    return this.#host;
  }

  /** The configuration from which `Registry` and the other clients are created. */
  toTransportConfig(): access.TransportConfig {
    return access.fromConnectionString(this.#connectionString);
  }
}

/** Seconds to wait for the device to connect and to answer. */
export interface CommandOptions {
  connectTimeoutInSeconds?: number;
  responseTimeoutInSeconds?: number;
}

type Done = TripleValueCallback<Row, HttpResponse>;

/** Digital twins: reads, patches and commands devices according to their models. */
export class DigitalTwinClient {
  readonly #rest: RestApi;

  constructor(credentials: IoTHubTokenCredentials, options?: access.ServiceOptions) {
    this.#rest = access.restOf(credentials.toTransportConfig(), options);
  }

  getDigitalTwin(digitalTwinId: string): Promise<Row>;
  getDigitalTwin(digitalTwinId: string, callback: Done): void;
  getDigitalTwin(digitalTwinId: string, callback?: Done) {
    return this.#run({ method: 'GET', path: pathOf(digitalTwinId) }, callback, (twin, headers) =>
      // headers such as eTag are members, but hidden: the result prints as the document alone
      hidden({ ...twin }, headers),
    );
  }

  /** `patch` is a JSON Patch document. */
  updateDigitalTwin(digitalTwinId: string, patch: readonly object[], eTag?: string): Promise<Row>;
  updateDigitalTwin(digitalTwinId: string, patch: readonly object[], second?: string | Done, callback?: Done): void;
  updateDigitalTwin(digitalTwinId: string, patch: readonly object[], second?: string | Done, callback?: Done) {
    const headers = typeof second === 'string' ? { 'If-Match': second } : {};
    const request = { method: 'PATCH', path: pathOf(digitalTwinId), headers, body: patch } as const;
    return this.#run(request, typeof second === 'function' ? second : callback, (_, headers) => ({ ...headers }));
  }

  invokeComponentCommand(
    digitalTwinId: string,
    componentName: string,
    commandName: string,
    argument: unknown,
    options: CommandOptions = {},
  ): Promise<Row> {
    const place = `/components/${encodeURIComponent(componentName)}/commands/${encodeURIComponent(commandName)}`;
    return this.#command(pathOf(digitalTwinId, place), argument, options);
  }

  invokeCommand(
    digitalTwinId: string,
    commandName: string,
    argument: unknown,
    options: CommandOptions = {},
  ): Promise<Row> {
    return this.#command(pathOf(digitalTwinId, `/commands/${encodeURIComponent(commandName)}`), argument, options);
  }

  async #command(path: string, argument: unknown, options: CommandOptions): Promise<Row> {
    const query = Object.entries(options).map(([name, value]) => `&${name}=${value}`);
    const request = { path: `${path}${query.join('')}`, body: JSON.stringify(argument ?? null) };
    return this.#send({ method: 'POST', ...request }, (body, headers) => ({ ...headers, body }));
  }

  #run(request: RestRequest, done: Done | undefined, shape: Shape) {
    return settleAs(
      () => this.#send(request, shape),
      (result) => [result, result._response],
      done,
    );
  }

  async #send(request: RestRequest, shape: Shape): Promise<Row> {
    const { responseBody, httpResponse } = await this.#rest.call<Row>(request).catch((error: HttpError) => {
      throw Object.assign(error, { statusCode: error.response?.statusCode });
    });
    const _response = responseOf(httpResponse, responseBody);
    return hidden(shape(responseBody, namedHeaders(httpResponse)), { _response });
  }
}

/** Makes the result for the caller from a response. */
type Shape = (body: Row, headers: object) => object;

/** Adds members to `target` that are not enumerable, so they are not printed. */
const hidden = (target: object, members: object): object => {
  for (const [name, value] of Object.entries(members)) Object.defineProperty(target, name, { value });
  return target;
};

/** Response headers, under the names of azure-iothub's generated client. */
const namedHeaders = ({ headers }: HttpResponse) => ({
  ...(headers.etag === undefined ? {} : { eTag: headers.etag }),
  ...(headers.location === undefined ? {} : { location: headers.location }),
  ...(headers['x-ms-command-statuscode'] === undefined
    ? {}
    : { xMsCommandStatuscode: Number(headers['x-ms-command-statuscode']) }),
  ...(headers['x-ms-request-id'] === undefined ? {} : { xMsRequestId: headers['x-ms-request-id'] }),
});

const responseOf = (response: HttpResponse, parsedBody: unknown) => ({
  status: response.statusCode,
  ...response,
  parsedBody,
  parsedHeaders: namedHeaders(response),
  apiVersion,
});

const pathOf = (id: string, action = ''): string =>
  `/digitaltwins/${encodeURIComponent(id)}${action}${versionQueryString()}`;
