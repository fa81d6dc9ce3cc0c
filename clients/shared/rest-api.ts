import { randomUUID } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import { httpError } from './http-error.ts';
import type { ResultWithHttpResponse } from './results.ts';
import { NoRetry, type RetryPolicy, retry } from './retry.ts';

/** Where the hub is, who asks, and how the connection is made. */
export interface RestOptions {
  /** `host` or `host:port`. */
  readonly host: string;
  /** The Authorization header of the next request, if it needs one. */
  readonly authorize: () => string | undefined | Promise<string | undefined>;
  readonly userAgent: string;
  /** Certificates to trust, in PEM, instead of the well-known ones. */
  readonly ca?: string | Buffer | readonly string[] | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
  /** undici's way to the network, instead of connections of our own. */
  readonly dispatcher?: Dispatcher | undefined;
}

export interface RestRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is. */
  readonly body?: unknown;
  /** Milliseconds that the answer may take. */
  readonly timeoutMs?: number;
}

/** JSON over HTTPS with connections that stay open. */
export class RestApi {
  readonly #options: RestOptions;
  readonly #dispatcher: Dispatcher;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#dispatcher = options.dispatcher ?? new Agent({ connect: secureContext(options), keepAliveTimeout: 60_000 });
  }

  /** Rejects with one of `errors` if the hub refuses (its `response` is the answer), else with the network's error. */
  call<T>(request: RestRequest): Promise<ResultWithHttpResponse<T>> {
    const policy = this.#options.retryPolicy ?? new NoRetry();
    return retry(
      () => this.#send<T>(request),
      () => policy,
    );
  }

  async #send<T>({ method, path, headers, body, timeoutMs }: RestRequest): Promise<ResultWithHttpResponse<T>> {
    const authorization = await this.#options.authorize();
    const answer = await this.#dispatcher.request({
      origin: `https://${this.#options.host}`,
      path,
      method,
      headers: {
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        'Request-Id': randomUUID(),
        'User-Agent': this.#options.userAgent,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      ...(timeoutMs === undefined ? {} : { headersTimeout: timeoutMs }),
    });
    return readAnswer<T>(answer);
  }
}

const readAnswer = async <T>(answer: Dispatcher.ResponseData): Promise<ResultWithHttpResponse<T>> => {
  const httpResponse = { statusCode: answer.statusCode, headers: answer.headers };
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw httpError(httpResponse, text);
  const isJson = String(answer.headers['content-type'] ?? '').includes('application/json');
  // The hub's documents are not checked again here: each caller names the type that the REST reference gives.
  return { responseBody: (text && isJson ? JSON.parse(text) : '') as T, httpResponse };
};

const secureContext = ({ ca, cert, key }: RestOptions) => ({
  ...(ca === undefined ? {} : { ca: typeof ca === 'string' || Buffer.isBuffer(ca) ? ca : [...ca] }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
});
