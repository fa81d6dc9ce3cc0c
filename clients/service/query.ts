import { type IncomingMessageCallback, type ResultWithIncomingMessage, settleMessage } from '../shared/callback.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { Registry } from './registry.ts';
import { Twin } from './twin.ts';

// The rows of a query have the shape that its SELECT gives them, so azure-iothub leaves them untyped, and so do we.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Row = any;

/** Fetches one page: the first one without a token. */
export type FetchPage = (continuationToken: string | undefined) => Promise<ResultWithHttpResponse<Row[]>>;

/** A query and how far it was read. */
export class Query implements AsyncIterable<Row> {
  continuationToken: string | undefined;
  hasMoreResults = true;
  readonly #fetchPage: FetchPage;
  readonly #registry: Registry | undefined;

  constructor(fetchPage: FetchPage, registry?: Registry) {
    if (typeof fetchPage !== 'function') throw new TypeError(`executeQueryFn cannot be '${typeof fetchPage}'`);
    this.#fetchPage = fetchPage;
    this.#registry = registry;
  }

  /** The next page, or the one at `continuationToken`. */
  next(continuationToken: string, done: IncomingMessageCallback<Row>): void;
  next(done: IncomingMessageCallback<Row>): void;
  next(continuationToken?: string): Promise<ResultWithIncomingMessage<Row>>;
  next(first?: string | IncomingMessageCallback<Row>, second?: IncomingMessageCallback<Row>) {
    const [token, done] = split(first, second);
    return settleMessage(() => this.#page(token), done);
  }

  /** The next page, each row as a `Twin`. */
  nextAsTwin(continuationToken: string, done: IncomingMessageCallback<Twin[]>): void;
  nextAsTwin(done: IncomingMessageCallback<Twin[]>): void;
  nextAsTwin(continuationToken?: string): Promise<ResultWithIncomingMessage<Twin[]>>;
  nextAsTwin(first?: string | IncomingMessageCallback<Twin[]>, second?: IncomingMessageCallback<Twin[]>) {
    const [token, done] = split(first, second);
    return settleMessage(async () => {
      const { result, message } = await this.#page(token);
      const registry = this.#registry;
      if (!registry) throw new ReferenceError("'registryClient' cannot be 'undefined'");
      return { result: result.map((row) => new Twin(row, registry)), message };
    }, done);
  }

  /** All rows from here on, page after page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    while (this.hasMoreResults) yield* (await this.#page(undefined)).result;
  }

  async #page(token: string | undefined): Promise<ResultWithIncomingMessage<Row[]>> {
    const { responseBody, httpResponse } = await this.#fetchPage(token ?? this.continuationToken);
    const next = httpResponse.headers['x-ms-continuation'];
    this.continuationToken = typeof next === 'string' ? next : undefined;
    this.hasMoreResults = this.continuationToken !== undefined;
    return { result: responseBody || [], message: httpResponse };
  }
}

const split = <T>(
  first: string | IncomingMessageCallback<T> | null | undefined,
  second: IncomingMessageCallback<T> | undefined,
): [string | undefined, IncomingMessageCallback<T> | undefined] =>
  typeof first === 'function' ? [undefined, first] : [first ?? undefined, second];
