import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { HubError } from '../../../protocol/errors.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import { timestamp } from '../../hub/clock.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Log } from '../../log.ts';
import { readBody } from '../http/body.ts';
import { mount } from '../http/table.ts';
import { decodeAgain, readTarget } from '../http/target.ts';
import type { Answer } from './answer.ts';
import { type Stamp, sayBug, sayNoMethod, sayNoResource, sayRefusal } from './errors.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';

export interface RestOptions {
  readonly hub: Hub;
  readonly auth: Authenticator;
  readonly log: Log;
  /** Default: every operation of the service. */
  readonly routes?: readonly Route[];
  /** How long a request may take to arrive, in ms; default 30 s. */
  readonly requestTimeout?: number;
}

export interface RestServer {
  /** Takes sockets as 'connection' events and leaves 'upgrade' events to others. */
  readonly http: Server;
  /** Settles when requests can be answered. */
  ready(): Promise<void>;
  /** Drops every connection. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT = 30_000;
const KEEP_ALIVE_TIMEOUT = 120_000;
// the longest a direct method may wait for its device and its answer, and a little
const SILENCE_TIMEOUT = 660_000;

/** The service API of the hub, on an HTTP server that nobody has to listen with: the door hands it its sockets. */
export const createRestServer = ({ hub, auth, log, ...options }: RestOptions): RestServer => {
  const table = mount(options.routes ?? ROUTES);
  const requestTimeout = options.requestTimeout ?? REQUEST_TIMEOUT;
  const http = createServer({
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(requestTimeout / 2, 5_000),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  });
  http.setTimeout(SILENCE_TIMEOUT);

  const answer = async (request: FastifyRequest): Promise<Answer> => {
    const { segments, query } = readTarget(request.originalUrl);
    const method = methodOf(request);
    const found = table.find(method, segments);
    if (found === undefined) return unknown(request, method, table.methods(segments));
    demandVersion(query.get('api-version'));
    const { row } = found;
    auth.service(request.headers.authorization, row.rights, segments.join('/'));
    const bytes = row.bodyLimit === 0 ? EMPTY : await readBody(request.raw, row.bodyLimit);
    const { deviceId } = found.params;
    const params =
      deviceId === undefined
        ? found.params
        : { ...found.params, deviceId: decodeAgain(deviceId, (id) => hub.fleet.find(id) !== undefined) };
    return row.run(hub, { params, query, headers: request.headers, bytes, gone: () => request.raw.socket.destroyed });
  };

  const unknown = (request: FastifyRequest, method: string, allowed: readonly string[]): Answer => {
    const path = request.originalUrl.split('?', 1)[0];
    log.warn('An operation that this hub does not know', { method, path });
    return allowed.length > 0
      ? sayNoMethod(method, allowed)
      : sayNoResource(`https://${request.headers.host ?? hub.hostName}${request.originalUrl}`);
  };

  const refuse = (error: unknown, request: FastifyRequest): Answer => {
    const stamp: Stamp = { trackingId: hub.ids.trackingId(), at: timestamp(hub.clock.now()) };
    const where = { method: request.method, path: request.originalUrl, trackingId: stamp.trackingId };
    if (!(error instanceof HubError)) {
      log.error('A request failed', error, where);
      return sayBug(stamp);
    }
    // who was refused for who they are has been logged by the one that looked
    if (error.hint !== undefined && error.status !== 401)
      log.info('Refused a request', { ...where, code: error.code, cause: error.hint });
    return sayRefusal(error, stamp);
  };

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    send(reply, await answer(request).catch((error: unknown) => refuse(error, request)));

  const app = fastify({
    serverFactory: (handler) => http.on('request', handler),
    // one handler for all: ids hold characters that a router would take apart
    rewriteUrl: () => '/',
    exposeHeadRoutes: false,
    requestIdHeader: false,
    clientErrorHandler: refuseConnection,
  });
  // bodies are read by the handler, within the limit of the operation and only of those who may call it
  for (const method of app.supportedMethods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.route({ method: app.supportedMethods, url: '/', handler: handle });
  app.setNotFoundHandler(handle);
  app.setErrorHandler((error, request, reply) => send(reply, refuse(error, request)));

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

const EMPTY = Buffer.alloc(0);

const FIXED = {
  'content-type': 'application/json; charset=utf-8',
  vary: 'Origin',
  server: 'Microsoft-HTTPAPI/2.0',
};

const send = (reply: FastifyReply, { status, headers, body }: Answer): FastifyReply => {
  reply.code(status).header('x-ms-request-id', randomUUID()).headers(FIXED);
  if (headers !== undefined) reply.headers(headers);
  if (body !== undefined) return reply.send(JSON.stringify(body));
  return reply.removeHeader('content-type').send();
};

/** Java's SDK sends PATCH as POST under this header. */
const methodOf = ({ method, headers }: FastifyRequest): string => {
  const override = headers['x-http-method-override'];
  return method === 'POST' && typeof override === 'string' ? override.trim().toUpperCase() : method;
};

/** Any date will do: the service's own list is long and grows. */
const demandVersion = (version: string | undefined): void => {
  if (version !== undefined && /^\d{4}-\d{2}-\d{2}(?:-preview)?$/.test(version)) return;
  throw new HubError('InvalidProtocolVersion', `Invalid api version: ${version ?? ''}`);
};

/** What is not even HTTP, or too slow, gets a bare answer and no more time. */
const refuseConnection = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, text] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout']
        : [400, 'Bad Request'];
  socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
