import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Operation, Operations } from '../../../protocol/admin/operation.ts';
import type { Info } from '../../../protocol/admin/server.ts';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import { isLoopback } from '../../endpoints/addresses.ts';
import type { Log } from '../../log.ts';
import { readBody } from '../http/body.ts';
import { type Answer, noContent, ok } from '../http/response.ts';
import { mount } from '../http/route-table.ts';
import { createHttpServer, type HttpRequest, type HttpServer } from '../http/server.ts';
import { readTarget } from '../http/target.ts';
import { answerWhenKept, type Kept } from '../kept.ts';
import { listen } from '../listener/tcp.ts';
import { createGuard, sameText } from './guard.ts';
import { checkHealth, type Probe } from './health.ts';
import type { PageFiles } from './page/files.ts';
import { type AdminRoute, adminRoute, Reply } from './route.ts';
import type { HubsParts } from './routes/hubs.ts';
import { readBodyOf, readQuery } from './schema.ts';
import { Scopes, scopeIn } from './scope.ts';
import { sessionCookie, setCookie } from './session.ts';

export interface AdminOptions {
  readonly log: Log;
  /** Of a hub that is kept on disk. */
  readonly kept?: Kept | undefined;
  /** The servers that `/health` tries. */
  readonly probes: readonly Probe[];
  /** The answer of `/info`; `port` is that of this server. */
  info(port: number): Omit<Info, 'operations'>;
  /** The development CA, PEM; without it `/ca.pem` is 404. */
  readonly ca?: string | undefined;
  /** False until the emulator has started; true if not given. */
  isReady?(): boolean;
  /** Operations besides those of the server itself. */
  readonly routes?: readonly AdminRoute[];
  /** The schemas of all operations, loaded with the first request: they take a while to build. */
  operations?(): Promise<Operations>;
  /** The page for browsers, at `/` and below `/hub/`. */
  readonly page?: PageFiles;
  /** Answers a request of the hub's service API, which the page makes below `/service/`, with the rights of its owner. */
  askService?(request: IncomingMessage, response: ServerResponse): void;
  /** The forks, whose operations are below `/hubs/NAME`. */
  readonly hubs?: Pick<HubsParts, 'has' | 'routes' | 'askService'>;
  /** Required as a bearer token, if given. */
  readonly token?: string | undefined;
  /** Host names by which this machine may be called, besides those of loopback. */
  readonly hosts?: readonly string[];
  /** The time that a probe may take, ms; default 2 s. */
  readonly timeoutMs?: number;
}

export interface AdminServer extends HttpServer {
  /**
   * Listens on plain HTTP; returns the real port. Throws PortError, or a RangeError if other machines could call it without
   * a token.
   */
  listen(host: string, port: number): Promise<number>;
}

/** The emulator's own API, no part of Azure's. */
export const createAdminServer = (options: AdminOptions): AdminServer => {
  const { log, kept, token, hosts = [], operations: load = loadOperations, page, askService, hubs } = options;
  const guard = createGuard({ token, hosts });
  let realPort = 0;
  const rows: readonly AdminRoute[] = [
    ...ownRoutes({ ...options, operations: load }, { port: () => realPort, offered: () => offered }),
    ...(options.routes ?? []),
  ];
  const offered = [
    ...rows.map(({ operation }) => operation),
    ...(askService === undefined ? [] : [`GET ${SERVICE}/*`]),
  ];
  const table = mount(rows);
  const forks = hubs && new Scopes(hubs);

  const answer = async (request: HttpRequest): Promise<Answer> => {
    const { segments, query } = readTarget(request.url);
    const fork = forks && scopeIn(segments);
    // before the name of a fork is looked up
    const early = fork && guard(request.headers, false);
    if (early !== undefined) return failure(early.status, early.text);
    const scope = fork && forks ? { table: forks.of(fork.name), segments: fork.segments } : { table, segments };
    const found = scope.table.find(request.method, scope.segments);
    const operation = found === undefined ? undefined : operationOf(found.row, await load());
    // the page's files are the same for everybody: it asks for the token itself
    const file = found === undefined && request.method === 'GET' ? await page?.(segments) : undefined;
    const rejection = guard(request.headers, file !== undefined || (operation?.open ?? false));
    if (rejection !== undefined) return failure(rejection.status, rejection.text);
    if (file !== undefined) return file;
    if (found === undefined || operation === undefined) return unknown(request, scope.table.methods(scope.segments));
    const isRead = request.method === 'GET' || operation.isRead === true;
    const call = {
      params: found.params,
      query: readQuery(operation, query),
      body: readBodyOf(operation, await bytesOf(request, operation)),
      headers: request.headers,
      gone: () => request.socket.destroyed,
    };
    return answerOf(await answerWhenKept(fork ? undefined : kept, isRead, () => found.row.run(call)));
  };

  const refuse = (error: unknown, { method, url }: HttpRequest): Answer => {
    if (error instanceof HubError)
      return failure(error.status, error.text, { code: error.code, hint: error.hint ?? null });
    log.error('A request failed', error, { method, path: url });
    return failure(500, 'An internal error occurred; see the log of the emulator.');
  };

  const take = (request: IncomingMessage, response: ServerResponse): boolean => {
    const [, fork, path] = SERVICE_PATH.exec(request.url ?? '') ?? [];
    if (askService === undefined || path === undefined || guard(request.headers, false) !== undefined) return false;
    if (fork !== undefined && hubs?.has(fork) !== true) return false;
    for (const [name, value] of Object.entries(SAFE)) response.setHeader(name, value);
    request.url = path;
    if (fork === undefined) askService(request, response);
    else hubs?.askService(fork, request, response);
    return true;
  };

  const server = createHttpServer({
    log,
    take,
    respond: async (request) => safe(await answer(request).catch((error: unknown) => refuse(error, request))),
  });
  return {
    ...server,
    async listen(host, port) {
      if (token === undefined && !isLoopback(host))
        throw new RangeError(`The admin server needs a token to listen on ${host}`);
      realPort = await listen(server.http, { host, port });
      // what started is told first; then HTTP gets ready, unless a request comes before that
      setImmediate(() => void server.ready().catch(() => {})); // a request tells
      return realPort;
    },
  };
};

const loadOperations = async (): Promise<Operations> =>
  (await import('../../../protocol/admin/operations.ts')).ADMIN_OPERATIONS;

const operationOf = ({ operation }: AdminRoute, operations: Operations): Operation => {
  const found = operations[operation];
  if (found === undefined) throw new Error(`${operation} is not described in protocol/admin/operations.ts`);
  return found;
};

/** What is below it is the service API, of the hub or of a fork. */
const SERVICE = '/service';
const SERVICE_PATH = /^(?:\/hubs\/([a-z0-9-]+))?\/service(\/.*)$/s;

const BODY_LIMIT = 1024 * 1024;
const EMPTY = Buffer.alloc(0);

const bytesOf = async (request: HttpRequest, operation: Operation): Promise<Buffer> =>
  operation.body === undefined && operation.accepts === undefined
    ? EMPTY
    : readBody(request, operation.bodyLimit ?? BODY_LIMIT);

/** Values are JSON by the types of the operations; undefined members are not sent. */
const answerOf = (result: unknown): Answer => {
  if (result instanceof Reply) return result.answer;
  return result === undefined ? noContent : ok(result as Json); // see above
};

/** The text of the description: it takes a while to make, and never changes. */
const describe = async (operations: () => Promise<Operations>): Promise<Reply> => {
  const { openApi } = await import('./openapi.ts');
  const content = JSON.stringify(openApi(await operations()));
  return new Reply({ status: 200, body: { type: JSON_TYPE, content } });
};

const JSON_TYPE = 'application/json; charset=utf-8';
const TIMEOUT_MS = 2_000;
const PEM = 'application/x-pem-file';

const ownRoutes = (
  {
    probes,
    info,
    ca,
    isReady = () => true,
    timeoutMs = TIMEOUT_MS,
    operations,
    token,
  }: AdminOptions & Required<Pick<AdminOptions, 'operations'>>,
  { port, offered }: { port(): number; offered(): readonly string[] },
): AdminRoute[] => {
  let description: Promise<Reply> | undefined;
  return [
    adminRoute('GET /health', async () => new Reply(await checkHealth(probes, timeoutMs))),
    adminRoute('GET /ready', () => (isReady() ? { status: 'ready' } : STARTING)),
    adminRoute('GET /ca.pem', () =>
      ca === undefined ? NO_CA : new Reply({ status: 200, body: { type: PEM, content: ca } }),
    ),
    adminRoute('GET /info', () => ({ ...info(port()), operations: offered() })),
    adminRoute('POST /session', ({ body }) => openSession(token, body.token)),
    adminRoute('GET /openapi.json', () => {
      description ??= describe(operations);
      return description;
    }),
  ];
};

/** Throws IotHubUnauthorizedAccess. */
const openSession = (token: string | undefined, given: string): Reply => {
  if (token === undefined) return new Reply(noContent);
  if (!sameText(given, token)) throw new HubError('IotHubUnauthorizedAccess', 'This is not the token of the emulator.');
  return new Reply({ status: 204, headers: { 'set-cookie': setCookie(sessionCookie(token)) } });
};

const failure = (status: number, text: string, more: Readonly<Record<string, Json>> = {}): Answer => ({
  status,
  body: { json: { error: text, ...more } },
});

const STARTING = new Reply({ status: 503, body: { json: { status: 'starting' } } });
const NO_CA = new Reply(failure(404, 'The emulator was started with your own certificate: it has no development CA.'));

const unknown = ({ method, url }: HttpRequest, allowed: readonly string[]): Answer =>
  allowed.length > 0
    ? {
        ...failure(405, `${url} has ${allowed.join(', ')}, not ${method}.`),
        headers: { allow: allowed.join(', ') },
      }
    : failure(404, `There is no ${method} ${url}.`);

/** No page of others may frame, sniff or cache these answers. */
const safe = (answer: Answer): Answer => ({
  ...answer,
  headers: {
    ...SAFE,
    ...answer.headers,
  },
});

const SAFE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' };
