import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Answer } from './answer.ts';

export interface ShellOptions {
  /** Answers every request, whatever its method and path; must not throw. */
  respond(request: FastifyRequest): Promise<Answer>;
  /** How long a request may take to arrive, in ms; default 30 s. */
  readonly requestTimeout?: number | undefined;
}

/** An HTTP server that reads no body and knows no path by itself. */
export interface Shell {
  /** Listens, or takes sockets from elsewhere as 'connection' events; 'upgrade' events are left to others. */
  readonly http: Server;
  /** Settles when requests can be answered. */
  ready(): Promise<void>;
  /** Drops every connection. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT = 30_000;
const KEEP_ALIVE_TIMEOUT = 120_000;

export const createShell = ({ respond, requestTimeout = REQUEST_TIMEOUT }: ShellOptions): Shell => {
  const http = createServer({
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(requestTimeout / 2, 5_000),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  });
  const app = fastify({
    serverFactory: (handler) => http.on('request', handler),
    // one handler for all: ids hold characters that a router would take apart
    rewriteUrl: () => '/',
    exposeHeadRoutes: false,
    clientErrorHandler: refuseConnection,
  });
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    send(reply, await respond(request));
  // bodies are read by whoever responds, within the limit of the operation and only of those who may call it
  for (const method of app.supportedMethods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.route({ method: app.supportedMethods, url: '/', handler: handle });
  app.setNotFoundHandler(handle);
  return {
    http,
    async ready() {
      await app.ready();
      // Node looks after timeouts of requests from this event on; with sockets from elsewhere nobody else tells it
      if (!http.listening) http.emit('listening');
    },
    async close() {
      http.closeAllConnections();
      await app.close();
      http.close();
    },
  };
};

const JSON_TYPE = 'application/json; charset=utf-8';

/** Texts go past fastify's reply, in one write of head and body, which saves a few percent of a small request's time. */
const send = (reply: FastifyReply, { status, headers = {}, body }: Answer): FastifyReply => {
  if (body !== undefined && 'content' in body && typeof body.content !== 'string')
    return reply.code(status).headers(headers).header('content-type', body.type).send(body.content);
  const head: string[] = [];
  for (const name in headers) head.push(name, headers[name] ?? '');
  const { raw } = reply;
  if (body === undefined) {
    if (status !== 204) head.push('content-length', '0');
    raw.writeHead(status, head).end();
    return reply.hijack();
  }
  const text = 'json' in body ? JSON.stringify(body.json) : String(body.content);
  const length = Buffer.byteLength(text);
  head.push('content-type', 'json' in body ? JSON_TYPE : body.type, 'content-length', `${length}`);
  raw.writeHead(status, head);
  raw.socket?.cork();
  raw.write(text, length === text.length ? 'latin1' : 'utf8');
  raw.socket?.uncork();
  raw.end();
  return reply.hijack();
};

/** What is not even HTTP, or too slow, gets a bare answer and no more time. */
const refuseConnection = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const reason = REASONS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

const REASONS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
