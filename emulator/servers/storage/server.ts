import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StorageAccount } from '../../../protocol/blob-sas.ts';
import { type Blobs, tooLarge } from '../../hub/files/blobs.ts';
import { StorageError } from '../../hub/files/storage-error.ts';
import type { Log } from '../../log.ts';
import { readTarget } from '../http/target.ts';
import { demandAccess } from './access.ts';
import { checkSumOf } from './check-sum.ts';
import { type BlobAnswer, operationOf } from './operations.ts';

export interface StorageServerOptions {
  readonly blobs: Blobs;
  readonly account: StorageAccount;
  /** The one container of the account. */
  readonly container: string;
  /** The time of the hub, ms since 1970. */
  readonly now: () => number;
  readonly log: Log;
  /** Told of each request after its answer. */
  readonly answered?: ((request: { method: string; path: string; status: number }) => void) | undefined;
}

const NO_BODY = new Uint8Array();
/** An answer is sent in pieces of this size, so that a slow reader costs no more, bytes. */
const PIECE = 256 * 1024;
/** A reader that takes nothing for so long is disconnected, ms. */
const STALLED_MS = 60_000;
const VERSION = '2020-10-02';

/**
 * The hub's own blob store, on the connections of the REST API: its paths begin with the name of the account, as those of
 * Azurite. It has what clients need to upload a file and to read it.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 */
export class StorageServer {
  readonly #options: StorageServerOptions;
  /** Bytes of bodies that are on their way. */
  #receiving = 0;

  constructor(options: StorageServerOptions) {
    this.#options = options;
  }

  /** True if the request is for a blob; it is answered then. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request);
    if (!path.startsWith(`/${this.#options.account.name}/`)) return false;
    void this.#answer(request, response, path);
    return true;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { method = '' } = request;
    let answer: BlobAnswer;
    try {
      answer = await this.#run(request, path);
    } catch (error) {
      if (request.destroyed && !request.complete) return; // the client has left
      answer = errorAnswer(this.#explain(error, { method, path }));
    }
    response.on('error', ignore);
    response.setTimeout(STALLED_MS, () => response.destroy());
    response.writeHead(answer.status, { ...standardHeaders(request), ...answer.headers });
    this.#options.answered?.({ method, path, status: answer.status });
    if (method === 'HEAD' || answer.content === undefined) response.end();
    else await pipeline(Readable.from(piecesOf(answer.content)), response).catch(ignore);
  }

  async #run(request: IncomingMessage, path: string): Promise<BlobAnswer> {
    const { method = '', headers, url = '' } = request;
    const { blobs, account, container, now } = this.#options;
    const { query } = readTarget(url);
    const operation = operationOf(method, query.get('comp') ?? '');
    const name = this.#blobIn(path);
    demandAccess(account, query, { container, blob: name, permissions: operation.permissions, now: now() });
    const body = method === 'PUT' ? await this.#read(request, operation.bodyLimit) : NO_BODY;
    return operation.run(blobs, { name, query, headers, body });
  }

  /** Throws InvalidUri, ContainerNotFound. */
  #blobIn(path: string): string {
    // clients escape slashes too, that after the container included
    const [container, ...names] = decoded(path.slice(this.#options.account.name.length + 2)).split('/');
    if (container !== this.#options.container)
      throw new StorageError('ContainerNotFound', 'The specified container does not exist.');
    const name = names.join('/');
    if (name === '') throw invalidUri();
    return name;
  }

  /** Throws MissingContentLengthHeader, RequestBodyTooLarge, InvalidMd5, Md5Mismatch. Rejects if the client leaves. */
  async #read(request: IncomingMessage, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const length = Number(request.headers['content-length']);
    if (Number.isNaN(length))
      throw new StorageError('MissingContentLengthHeader', 'Content-Length HTTP header is missing.');
    if (length > limit || length > this.#options.blobs.free - this.#receiving) throw tooLarge();
    const sum = checkSumOf(request.headers['content-md5']);
    this.#receiving += length;
    try {
      const bytes = Buffer.allocUnsafeSlow(length);
      let at = 0;
      for await (const chunk of request) {
        const piece = chunk as Buffer; // without an encoding
        at += piece.copy(bytes, at);
        sum?.add(piece);
      }
      sum?.check();
      return bytes;
    } finally {
      this.#receiving -= length;
    }
  }

  /** What to answer; a refusal is told to people. */
  #explain(error: unknown, where: { readonly method: string; readonly path: string }): StorageError {
    if (error instanceof StorageError) {
      const cause = error.detail ?? error.message;
      // SDKs ask whether a blob is there before they write it
      if (error.status !== 404) this.#options.log.info('Refused a request', { ...where, code: error.code, cause });
      return error;
    }
    this.#options.log.error('A request failed', error, where);
    return new StorageError('InternalError', 'The server encountered an internal error.');
  }
}

const errorAnswer = ({ status, code, message, detail }: StorageError): BlobAnswer => {
  const more = detail === undefined ? '' : `<AuthenticationErrorDetail>${escaped(detail)}</AuthenticationErrorDetail>`;
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${escaped(message)}</Message>${more}</Error>`;
  const content = Buffer.from(xml);
  return {
    status,
    headers: { 'x-ms-error-code': code, 'content-type': 'application/xml', 'content-length': `${content.length}` },
    content: [content],
  };
};

const standardHeaders = ({ headers }: IncomingMessage): Record<string, string> => {
  const { 'x-ms-version': version, 'x-ms-client-request-id': id } = headers;
  return {
    server: 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0',
    'x-ms-request-id': randomUUID(),
    'x-ms-version': String(version ?? VERSION),
    ...(id === undefined ? {} : { 'x-ms-client-request-id': String(id) }),
  };
};

/** Java clients send the whole URL as the target of a request. */
const pathOf = ({ url = '' }: IncomingMessage): string =>
  (url.split('?', 1)[0] ?? '').replace(/^https?:\/\/[^/]*/i, '');

/** Throws InvalidUri. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUri();
  }
};

const invalidUri = (): StorageError =>
  new StorageError('InvalidUri', 'The requested URI does not represent any resource on the server.');

function* piecesOf(content: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const bytes of content) for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const ignore = (): void => {};
