import { randomUUID } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import { httpError } from './http-error.ts';
import type { HttpResponse, ResultWithHttpResponse } from './results.ts';
import { NoRetry, type RetryPolicy, retry } from './retry.ts';

/** The hub, the credentials, and the settings of the connection. */
export interface RestOptions {
  /** `host` or `host:port`. */
  readonly host: string;
  /** The Authorization header of the next request, if it needs one. */
  readonly authorize: () => string | undefined | Promise<string | undefined>;
  readonly userAgent: string;
  /** Certificates to trust, in PEM, instead of the default ones. */
  readonly ca?: string | Buffer | readonly string[] | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** Of the key, if that is encrypted. */
  readonly passphrase?: string | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
  /** undici's dispatcher, instead of our own connections. */
  readonly dispatcher?: Dispatcher | undefined;
}

export interface RestRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Including the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; a string, or bytes, unchanged. */
  readonly body?: unknown;
  /** Milliseconds until the response must begin. */
  readonly timeoutMs?: number;
}

/** An answer with its bytes. */
export interface Exchange {
  readonly httpResponse: HttpResponse;
  readonly content: Buffer;
}

/** JSON over HTTPS with connections that stay open. */
export class RestApi {
  readonly #options: RestOptions;
  readonly #dispatcher: Dispatcher;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#dispatcher = options.dispatcher ?? new Agent({ connect: secureContext(options), keepAliveTimeout: 60_000 });
  }

  /** Rejects with one of `errors` for an error response (in its member `response`), or with the network's error. */
  call<T>(request: RestRequest): Promise<ResultWithHttpResponse<T>> {
    const policy = this.#options.retryPolicy ?? new NoRetry();
    return retry(
      async () => jsonOf<T>(await this.exchange(request)),
      () => policy,
    );
  }

  /** Rejects as `call` does, but is not retried, and the content may be of any type. */
  async exchange({ method, path, headers, body, timeoutMs }: RestRequest): Promise<Exchange> {
    const authorization = await this.#options.authorize();
    const answer = await this.#dispatcher.request({
      origin: `https://${this.#options.host}`,
      path,
      method,
      headers: {
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        'Request-Id': randomUUID(),
        'User-Agent': this.#options.userAgent,
        ...(body === undefined || Buffer.isBuffer(body) ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
        ...headers,
      },
      body: contentOf(body),
      ...(timeoutMs === undefined ? {} : { headersTimeout: timeoutMs }),
    });
    return readAnswer(answer);
  }
}

const contentOf = (body: unknown): string | Buffer | null => {
  if (body === undefined) return null;
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
};

const readAnswer = async (answer: Dispatcher.ResponseData): Promise<Exchange> => {
  const httpResponse = { statusCode: answer.statusCode, headers: answer.headers };
  const content = Buffer.from(await answer.body.arrayBuffer());
  if (answer.statusCode >= 300) throw httpError(httpResponse, content.toString());
  return { httpResponse, content };
};

const jsonOf = <T>({ httpResponse, content }: Exchange): ResultWithHttpResponse<T> => {
  const isJson = String(httpResponse.headers['content-type'] ?? '').includes('application/json');
  // The hub's documents are not checked here: each caller names the type from the REST reference.
  return { responseBody: (content.length > 0 && isJson ? JSON.parse(content.toString()) : '') as T, httpResponse };
};

const secureContext = ({ ca, cert, key, passphrase }: RestOptions) => ({
  ...(ca === undefined ? {} : { ca: typeof ca === 'string' || Buffer.isBuffer(ca) ? ca : [...ca] }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
  ...(passphrase === undefined ? {} : { passphrase }),
});
