import type { AddressInfo } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Log } from '../../log.ts';
import { PortError } from '../door.ts';
import { type Answer, ok } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import { createShell, type Shell } from '../http/shell.ts';
import { mount } from '../http/table.ts';
import { readTarget } from '../http/target.ts';
import { createGuard, isLoopback } from './guard.ts';
import { checkHealth, type Probe } from './health.ts';
import { openApi } from './openapi.ts';
import { type AdminRoute, adminRoute } from './route.ts';

export interface AdminOptions {
  readonly log: Log;
  /** What `/health` tries out. */
  readonly probes: readonly Probe[];
  /** What `/info` says. */
  info(): Json;
  /** The development CA, PEM; without one `/ca.pem` is 404. */
  readonly ca?: string | undefined;
  /** False until everything has been opened; true if not given. */
  isReady?(): boolean;
  /** Operations besides the server's own. */
  readonly routes?: readonly AdminRoute[];
  /** Demanded as a bearer token, if given. */
  readonly token?: string | undefined;
  /** Names by which callers may know this machine, besides `localhost`. */
  readonly hosts?: readonly string[];
  /** How long a probe may take, in ms; default 2 s. */
  readonly patience?: number;
}

export interface AdminServer extends Shell {
  /**
   * Listens on plain HTTP; gives back the real port. Throws PortError, or a RangeError when it would be open to other
   * machines without a token.
   */
  listen(host: string, port: number): Promise<number>;
}

/** The emulator's own API, no part of Azure's. */
export const createAdminServer = (options: AdminOptions): AdminServer => {
  const { log, token, hosts = [] } = options;
  const guard = createGuard({ token, hosts });
  const routes = [...ownRoutes(options), ...(options.routes ?? [])];
  const described: AdminRoute = adminRoute('GET /openapi.json', { summary: 'This document', open: true }, () =>
    ok(openApi([...routes, described])),
  );
  const table = mount([...routes, described]);

  const answer = async (request: FastifyRequest): Promise<Answer> => {
    const { segments, query } = readTarget(request.originalUrl);
    const found = table.find(request.method, segments);
    const rejection = guard(request.headers, found?.row.open ?? false);
    if (rejection !== undefined) return say(rejection.status, rejection.text);
    if (found === undefined) return unknown(request, table.methods(segments));
    const bytes = found.row.bodyLimit === 0 ? EMPTY : await readBody(request.raw, found.row.bodyLimit);
    return found.row.run({
      params: found.params,
      query,
      headers: request.headers,
      bytes,
      gone: () => request.raw.socket.destroyed,
    });
  };

  const refuse = (error: unknown, { method, originalUrl }: FastifyRequest): Answer => {
    if (error instanceof HubError)
      return say(error.status, error.message, { code: error.code, hint: error.hint ?? null });
    log.error('A request failed', error, { method, path: originalUrl });
    return say(500, 'An internal error occurred; the log has it.');
  };

  const shell = createShell({
    respond: async (request) => safe(await answer(request).catch((error: unknown) => refuse(error, request))),
  });
  return {
    ...shell,
    async listen(host, port) {
      if (token === undefined && !isLoopback(host))
        throw new RangeError(`The admin server needs a token to listen on ${host}`);
      await shell.ready();
      return listen(shell, host, port);
    },
  };
};

const EMPTY = Buffer.alloc(0);
const PATIENCE = 2_000;

const ownRoutes = ({ probes, info, ca, isReady = () => true, patience = PATIENCE }: AdminOptions): AdminRoute[] => [
  adminRoute('GET /health', { summary: 'Whether every door answers, tried out now', open: true }, () =>
    checkHealth(probes, patience),
  ),
  adminRoute('GET /ready', { summary: 'Whether all has been opened', open: true }, () =>
    isReady() ? ok({ status: 'ready' }) : STARTING,
  ),
  adminRoute('GET /ca.pem', { summary: 'The CA to trust', open: true, answers: ['application/x-pem-file'] }, () =>
    ca === undefined ? NO_CA : pem(ca),
  ),
  adminRoute('GET /info', { summary: 'What runs here' }, () => ok(info())),
];

const say = (status: number, text: string, more: Readonly<Record<string, Json>> = {}): Answer => ({
  status,
  body: { json: { error: text, ...more } },
});

const STARTING: Answer = { status: 503, body: { json: { status: 'starting' } } };
const NO_CA = say(404, 'The emulator was started with a certificate of yours, so it has no CA of its own.');

const pem = (ca: string): Answer => ({ status: 200, body: { type: 'application/x-pem-file', content: ca } });

const unknown = ({ method, originalUrl }: FastifyRequest, allowed: readonly string[]): Answer =>
  allowed.length > 0
    ? {
        ...say(405, `${originalUrl} is there for ${allowed.join(', ')}, not for ${method}.`),
        headers: { allow: allowed.join(', ') },
      }
    : say(404, `There is no ${method} ${originalUrl}.`);

/** No page may frame, sniff or keep what this server says. */
const safe = (answer: Answer): Answer => ({
  ...answer,
  headers: {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...answer.headers,
  },
});

const listen = ({ http }: Shell, host: string, port: number): Promise<number> =>
  new Promise((done, failed) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      failed(new PortError(port, host, error.code ?? error.message)),
    );
    http.listen(port, host, () => {
      const { port: real } = http.address() as AddressInfo; // of a TCP server that listens
      done(real);
    });
  });
