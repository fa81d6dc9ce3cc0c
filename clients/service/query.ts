import {
  argumentsOf,
  type IncomingMessageCallback,
  type ResultWithIncomingMessage,
  settleMessage,
} from '../shared/callback.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { Row } from './row.ts';
import type { Twin } from './twin.ts';

/** Fetches the page at a continuation token, or the first page without one. */
export type FetchPage = (continuationToken: string | undefined) => Promise<ResultWithHttpResponse<Row[]>>;

/** Creates a twin from a row that is a whole twin document. */
export type AsTwin = (row: Row) => Twin;

/** The request headers for one page: where it begins and how many rows it may have. */
export const pageHeaders = (continuationToken?: string, pageSize?: number): Readonly<Record<string, string>> => ({
  ...(continuationToken ? { 'x-ms-continuation': continuationToken } : {}),
  ...(pageSize ? { 'x-ms-max-item-count': String(pageSize) } : {}),
});

/** A query and the position up to which it was read. */
export class Query implements AsyncIterable<Row> {
  continuationToken: string | undefined;
  hasMoreResults = true;
  readonly #fetchPage: FetchPage;
  readonly #asTwin: AsTwin | undefined;

  /** Without `asTwin` the rows cannot be read as twins. */
  constructor(fetchPage: FetchPage, asTwin?: AsTwin) {
    if (typeof fetchPage !== 'function') throw new TypeError(`executeQueryFn cannot be '${typeof fetchPage}'`);
    this.#fetchPage = fetchPage;
    this.#asTwin = asTwin;
  }

  /** The next page, or the one at `continuationToken`. */
  next(continuationToken: string, done: IncomingMessageCallback<Row>): void;
  next(done: IncomingMessageCallback<Row>): void;
  next(continuationToken?: string): Promise<ResultWithIncomingMessage<Row>>;
  next(first?: string | IncomingMessageCallback<Row>, second?: IncomingMessageCallback<Row>) {
    const [token, done] = argumentsOf(first, second);
    return settleMessage(() => this.#page(token), done);
  }

  /** The next page, each row as a `Twin`. */
  nextAsTwin(continuationToken: string, done: IncomingMessageCallback<Twin[]>): void;
  nextAsTwin(done: IncomingMessageCallback<Twin[]>): void;
  nextAsTwin(continuationToken?: string): Promise<ResultWithIncomingMessage<Twin[]>>;
  nextAsTwin(first?: string | IncomingMessageCallback<Twin[]>, second?: IncomingMessageCallback<Twin[]>) {
    const [token, done] = argumentsOf(first, second);
    return settleMessage(async () => {
      const { result, message } = await this.#page(token);
      const asTwin = this.#asTwin;
      if (!asTwin) throw new ReferenceError("'registryClient' cannot be 'undefined'");
      return { result: result.map((row) => asTwin(row)), message };
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
