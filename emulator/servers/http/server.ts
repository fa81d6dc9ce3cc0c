import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import type { Log } from '../../log.ts';
import { endConnection } from './end-connection.ts';
import { LazyApp } from './lazy-app.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { type Answer, JSON_TYPE } from './response.ts';

/** A request that a server has received. */
export interface HttpRequest extends IncomingMessage {
  method: string;
  /** The target as it was sent. */
  url: string;
}

export interface HttpServerOptions {
  /** Answers every request, whatever its method and path. It reads the body if it needs one. */
  respond(request: HttpRequest): Promise<Answer>;
  /** Gets what `respond` throws and why an answer cannot be sent: bugs, for which the client gets 500 without a text. */
  readonly log: Log;
  /** Takes a request, to answer it in its own way; `respond` gets those for which it is false. */
  take?(request: IncomingMessage, response: ServerResponse): boolean;
  /** How long a request may take to arrive, ms; default 30 s. */
  readonly requestTimeout?: number | undefined;
  /** How long a small answer may take to be read, ms; default 60 s. */
  readonly readTimeout?: number | undefined;
}

/** An HTTP server that neither reads bodies nor knows paths by itself. */
export interface HttpServer {
  /** Can listen, or be given sockets as 'connection' events; 'upgrade' events are left to other listeners. */
  readonly http: Server;
  /** Loads what requests need; the first connection does so otherwise. */
  ready(): Promise<void>;
  /** Drops every connection. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT = 30_000;
const KEEP_ALIVE_TIMEOUT = 120_000;

export const createHttpServer = ({
  respond,
  log,
  take,
  requestTimeout = REQUEST_TIMEOUT,
  readTimeout,
}: HttpServerOptions): HttpServer => {
  const answers = new OneAtATime(readTimeout);
  const http = createServer({
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(requestTimeout / 2, 5_000),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  });
  const handle = async (request: HttpRequest, response: ServerResponse): Promise<void> => {
    try {
      const turn = answers.turn(response);
      if (turn !== undefined) await turn;
      if (request.socket.destroyed) return;
      send(response, await respond(request), answers);
    } catch (error) {
      log.error('A request failed', error, { method: request.method, path: request.url });
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-length': '0' }).end();
    }
  };
  const app = new LazyApp(
    http,
    (request, response) => void handle(request as HttpRequest, response), // Node's parser has set method and target
    (error) => log.error('An HTTP server did not start', error),
  );
  http.on('clientError', refuseConnection);
  http.prependOnceListener('connection', () => {
    // Node lists connections from this event on, to end slow ones; it does not come if the server is given its sockets
    if (!http.listening) http.emit('listening');
    app.load().catch(() => {}); // the first request tells
  });
  http.on('request', (request, response) => {
    if (take?.(request, response) !== true) app.handle(request, response);
  });
  return {
    http,
    ready: () => app.load(),
    async close() {
      http.closeAllConnections();
      await app.close();
      http.close();
    },
  };
};

const send = (response: ServerResponse, { status, headers = {}, body }: Answer, answers: OneAtATime): void => {
  const content = body === undefined ? undefined : 'json' in body ? JSON.stringify(body.json) : body.content;
  const type = body !== undefined && 'type' in body ? body.type : JSON_TYPE;
  if (content instanceof Readable) {
    answers.streams(response, content);
    response.writeHead(status, { ...headers, 'content-type': type });
    pipeline(content, response, ignore); // it destroys both sides if one of them ends early
    return;
  }
  sendWhole(response, { status, headers, type, content });
  answers.written(response, content?.length ?? 0);
};

const ignore = (): void => {};

/** One write of head and content saves a few percent of a small request's time. */
const sendWhole = (
  response: ServerResponse,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly type: string;
    readonly content: string | Uint8Array | undefined;
  },
): void => {
  const { status, headers, type, content } = answer;
  const head: string[] = [];
  for (const name in headers) head.push(name, headers[name] ?? '');
  if (content === undefined) {
    if (status !== 204) head.push('content-length', '0');
    response.writeHead(status, head).end();
    return;
  }
  const length = Buffer.byteLength(content);
  head.push('content-type', type, 'content-length', `${length}`);
  response.writeHead(status, head);
  response.socket?.cork();
  response.write(content, length === content.length ? 'latin1' : 'utf8'); // bytes ignore the encoding
  response.socket?.uncork();
  response.end();
};

/** Answers what is not valid HTTP, or too slow, and closes the connection. */
const refuseConnection = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const reason = REASONS[error.code ?? ''] ?? '400 Bad Request';
  endConnection(socket, reason);
};

const REASONS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
