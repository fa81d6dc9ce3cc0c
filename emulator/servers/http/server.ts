import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { endConnection } from './end-connection.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { type Answer, JSON_TYPE } from './response.ts';

export interface HttpServerOptions {
  /** Answers every request, whatever its method and path. Must not throw. */
  respond(request: FastifyRequest): Promise<Answer>;
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
  /** Settles when requests can be answered. */
  ready(): Promise<void>;
  /** Drops every connection. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT = 30_000;
const KEEP_ALIVE_TIMEOUT = 120_000;

export const createHttpServer = ({
  respond,
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
  const app = fastify({
    serverFactory: (handler) =>
      http.on('request', (request, response) => {
        if (take?.(request, response) !== true) handler(request, response);
      }),
    // one handler for all paths: ids contain characters at which a router would split
    rewriteUrl: () => '/',
    exposeHeadRoutes: false,
    clientErrorHandler: refuseConnection,
  });
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const turn = answers.turn(request.raw.socket, reply.raw);
    if (turn !== undefined) await turn;
    if (request.raw.socket.destroyed) return reply.hijack();
    return send(reply, await respond(request), answers);
  };
  // `respond` reads the body: within the limit of the operation, and only if the caller is authorized
  // (fastify knows QUERY, Node 20.19 does not)
  const methods = app.supportedMethods.filter((method) => METHODS.includes(method));
  for (const method of methods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.route({ method: methods, url: '/', handler: handle });
  app.setNotFoundHandler(handle);
  return {
    http,
    async ready() {
      await app.ready();
      // Node checks request timeouts from this event on, which does not come if the server is given its sockets
      if (!http.listening) http.emit('listening');
    },
    async close() {
      http.closeAllConnections();
      await app.close();
      http.close();
    },
  };
};

const send = (reply: FastifyReply, { status, headers = {}, body }: Answer, answers: OneAtATime): FastifyReply => {
  const content = body === undefined ? undefined : 'json' in body ? JSON.stringify(body.json) : body.content;
  const type = body !== undefined && 'type' in body ? body.type : JSON_TYPE;
  if (content instanceof Readable) {
    answers.streams(reply.raw, content);
    return reply.code(status).headers(headers).header('content-type', type).send(content);
  }
  sendWhole(reply.raw, { status, headers, type, content });
  answers.written(reply.raw, content?.length ?? 0);
  return reply.hijack();
};

/** Bypasses fastify's reply: one write of head and content saves a few percent of a small request's time. */
const sendWhole = (
  raw: ServerResponse,
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
    raw.writeHead(status, head).end();
    return;
  }
  const length = Buffer.byteLength(content);
  head.push('content-type', type, 'content-length', `${length}`);
  raw.writeHead(status, head);
  raw.socket?.cork();
  raw.write(content, length === content.length ? 'latin1' : 'utf8'); // bytes ignore the encoding
  raw.socket?.uncork();
  raw.end();
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
