import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { HubError } from '../../../protocol/errors.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import { timestamp } from '../../hub/clock.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Log } from '../../log.ts';
import { type Answered, answers } from '../answers.ts';
import type { Answer } from '../http/answer.ts';
import { readBody } from '../http/body.ts';
import { createShell, type Shell } from '../http/shell.ts';
import { type Mounted, mount, type Params } from '../http/table.ts';
import { decodeAgain, readTarget, type Target } from '../http/target.ts';
import { ABSENT } from './absent.ts';
import { type Stamp, sayBug, sayNoMethod, sayNoResource, sayRefusal } from './errors.ts';
import { Mishaps } from './mishaps.ts';
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

/** The service API of the hub, on an HTTP server that nobody has to listen with: the door hands it its sockets. */
export const createRestServer = ({ hub, auth, log, routes = ROUTES, requestTimeout }: RestOptions): Shell => {
  const table = mount(routes);
  const mishaps = new Mishaps(hub);

  const answer = async (request: FastifyRequest, aim: Aim<Route>): Promise<Answer> => {
    const { method, segments, query, found } = aim;
    if (found === undefined) return unknown(request, method, segments);
    const { headers, raw } = request;
    const { row } = found;
    demandVersion(query.get('api-version'));
    auth.service(headers.authorization, row.rights, segments.join('/'));
    const bytes = row.bodyLimit === 0 ? EMPTY : await readBody(raw, row.bodyLimit);
    const params = settled(found.params);
    const incoming = { params, query, headers, bytes, gone: () => raw.socket.destroyed };
    if (mishaps.idle) return row.run(hub, incoming);
    return mishaps.run({ request, segments, params, bytes }, () => row.run(hub, incoming));
  };

  const settled = (params: Params): Params => {
    const { deviceId } = params;
    if (deviceId === undefined || !deviceId.includes('%')) return params;
    return { ...params, deviceId: decodeAgain(deviceId, (id) => hub.fleet.find(id) !== undefined) };
  };

  const unknown = (request: FastifyRequest, method: string, segments: readonly string[]): Answer => {
    const path = request.originalUrl.split('?', 1)[0];
    const operation = ABSENT_TABLE.find(method, segments)?.row.name;
    log.warn('An operation that this hub does not have', { method, path, ...(operation && { operation }) });
    const allowed = table.methods(segments);
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

  return createShell({
    requestTimeout,
    async respond(request) {
      const aim = aimOf(request, table);
      let said: Answer;
      try {
        said = dressed(await answer(request, aim));
      } catch (error) {
        said = dressed(refuse(error, request));
      }
      if (answers.hasSubscribers && aim.found !== undefined) answers.publish(answered(aim.found.row, said));
      return said;
    },
  });
};

const EMPTY = Buffer.alloc(0);

/** What a request asks for. */
interface Aim<R> extends Target {
  readonly method: string;
  readonly found: { readonly row: R; readonly params: Params } | undefined;
}

const aimOf = <R>(request: FastifyRequest, table: Mounted<R>): Aim<R> => {
  const target = readTarget(request.originalUrl);
  const method = methodOf(request);
  return { ...target, method, found: table.find(method, target.segments) };
};

const answered = ({ method, path }: Route, { status, headers }: Answer): Answered => ({
  verb: method,
  subject: path,
  answer: String(status),
  refusal: status < 400 ? undefined : (headers?.['iothub-errorcode'] ?? String(status)),
});

const ABSENT_TABLE = mount(ABSENT);

/** With the headers that the service puts on every answer. */
const dressed = ({ status, headers, body }: Answer): Answer => ({
  status,
  headers: { vary: 'Origin', server: 'Microsoft-HTTPAPI/2.0', 'x-ms-request-id': randomUUID(), ...headers },
  ...(body === undefined ? {} : { body }),
});

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
