import { randomUUID } from 'node:crypto';
import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, keyOf } from '../../../protocol/identity-key.ts';
import type { Authenticator } from '../../auth/authenticate.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import { timestamp } from '../../kernel/clock.ts';
import type { Log } from '../../log.ts';
import { type Answered, diagnostics, PROBE_AGENT } from '../diagnostics.ts';
import { FaultInjector } from '../faults/injector.ts';
import { readBody } from '../http/body.ts';
import type { Answer } from '../http/response.ts';
import { type Mounted, mount, type Params } from '../http/route-table.ts';
import { createHttpServer, type HttpRequest, type HttpServer, type HttpServerOptions } from '../http/server.ts';
import { decodeAgain } from '../http/target.ts';
import { answerWhenKept, type Kept } from '../kept.ts';
import { peerCertificate } from '../listener/peer-certificate.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { act } from './act.ts';
import { callingModule, needsNoVersion } from './calling-module.ts';
import { bugAnswer, errorAnswer, HINT_HEADER, noMethodAnswer, noResourceAnswer, type Stamp } from './errors.ts';
import { RestFaults } from './faults.ts';
import { metered } from './metered.ts';
import { checkApiVersion, type RestRequest, readRequest } from './request.ts';
import type { HubRoute } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { UNSUPPORTED } from './routes/unsupported.ts';
import { asText, RestExchange } from './traffic.ts';

export interface RestOptions {
  readonly hub: Hub;
  readonly auth: Authenticator;
  readonly log: Log;
  /** Of a hub that is kept on disk. */
  readonly kept?: Kept | undefined;
  /** Where requests are kept with their answers; undefined: nowhere. */
  readonly traffic?: Traffic | undefined;
  /** Told of each request after its answer. */
  readonly answered?: ((request: AnsweredRequest) => void) | undefined;
  /** Takes requests that are not of this API or of this hub, such as those for blobs. */
  readonly take?: HttpServerOptions['take'];
  /** Default: every operation of the service. */
  readonly routes?: readonly HubRoute[];
  /** How long a request may take to arrive, ms; default 30 s. */
  readonly requestTimeout?: number;
  /** How long a small answer may take to be read, ms; default 60 s. */
  readonly readTimeout?: number;
  /** True if TLS verifies client certificates against CAs that the user gave. */
  readonly hasDeviceCa?: boolean;
}

export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** The REST API of the hub, on an HTTP server that does not listen: the listener gives it its sockets. */
export const createRestServer = (options: RestOptions): HttpServer => {
  const operations = new Operations(options);
  return createHttpServer({
    requestTimeout: options.requestTimeout,
    readTimeout: options.readTimeout,
    ...(options.take && { take: options.take }),
    respond: (request) => operations.respond(request),
    log: options.log,
  });
};

const NO_BODY = Buffer.alloc(0);
const UNSUPPORTED_TABLE = mount(UNSUPPORTED);
const NOT_SUPPORTED = { cause: 'the emulator does not support it', remedy: 'see the list in docs/coverage.md' };
const UNKNOWN = { cause: 'the service has no such operation', remedy: 'check the method and the path' };

/** The emulator asks itself whether it is well: neither traffic nor usage. */
const isProbe = ({ headers }: RestRequest): boolean => headers['user-agent'] === PROBE_AGENT;

/** Finds the operation of a request, and runs it if the caller may. */
class Operations {
  readonly #hub: Hub;
  readonly #auth: Authenticator;
  readonly #log: Log;
  readonly #kept: Kept | undefined;
  readonly #traffic: Traffic | undefined;
  readonly #answered: RestOptions['answered'];
  readonly #hasDeviceCa: boolean;
  readonly #table: Mounted<HubRoute>;
  readonly #faults: RestFaults;

  constructor({ routes = ROUTES, hasDeviceCa = false, ...options }: RestOptions) {
    this.#hub = options.hub;
    this.#auth = options.auth;
    this.#log = options.log;
    this.#kept = options.kept;
    this.#answered = options.answered;
    this.#traffic = options.traffic;
    this.#hasDeviceCa = hasDeviceCa;
    this.#table = mount(routes);
    this.#faults = new RestFaults(new FaultInjector(options.hub));
  }

  async respond(request: HttpRequest): Promise<Answer> {
    const asked = readRequest(request, this.#table);
    const began = this.#traffic === undefined ? 0 : performance.now();
    let answer: Answer;
    try {
      answer = withServiceHeaders(await this.#run(request, asked));
      this.#reportDoubt(asked, answer);
    } catch (error) {
      asked.refusal = error;
      answer = withServiceHeaders(this.#reject(error, asked));
    }
    if (this.#traffic !== undefined && !isProbe(asked)) {
      answer = asText(answer);
      this.#traffic.record(new RestExchange(asked, answer, performance.now() - began));
    }
    const row = asked.found?.row;
    if (diagnostics.hasSubscribers && row !== undefined) diagnostics.publish(answered(row, answer));
    if (!isProbe(asked)) this.#answered?.({ method: asked.method, path: pathOf(asked), status: answer.status });
    return answer;
  }

  async #run(request: HttpRequest, asked: RestRequest): Promise<Answer> {
    const { query, found, headers } = asked;
    if (found === undefined) return this.#rejectUnknown(asked);
    const { row } = found;
    const version = query.get('api-version');
    if (version !== undefined || !needsNoVersion(row, headers)) checkApiVersion(version);
    const caller = this.#authenticate(request, row, asked);
    asked.caller = caller;
    const bytes = row.bodyLimit === 0 ? NO_BODY : await readBody(request, row.bodyLimit);
    asked.body = bytes;
    const { rawHeaders, socket } = request;
    const params = this.#withKnownDevice(found.params);
    const incoming = { caller, params, query, headers, rawHeaders, bytes, gone: () => socket.destroyed };
    const count = (answer: Answer) => (isProbe(asked) ? answer : metered(this.#hub.usage, row.name, { bytes, answer }));
    const work = () => {
      const answer = act(this.#hub, row, incoming);
      return answer instanceof Promise ? answer.then(count) : count(answer);
    };
    const run = () => answerWhenKept(this.#kept, row.isRead, work);
    if (this.#faults.isIdle) return run();
    return this.#faults.run({ socket, route: row.name, segments: asked.segments, params, bytes, run });
  }

  /** Throws IotHubUnauthorizedAccess. */
  #authenticate({ socket }: HttpRequest, { auth }: HubRoute, { headers, segments, found }: RestRequest): Principal {
    const { authorization } = headers;
    if (auth.by === 'policy') return this.#auth.service(authorization, auth.rights, segments.join('/'));
    const asDevice = (key: IdentityKey): Principal => {
      const certificate = authorization ? undefined : peerCertificate(socket, this.#hasDeviceCa);
      return this.#auth.device({ key, password: authorization, certificate });
    };
    const caller = auth.by === 'policy or module' ? callingModule(headers, this.#isKnown) : undefined;
    if (caller !== undefined) return asDevice(caller);
    if (auth.by !== 'device') return this.#auth.service(authorization, auth.rights, segments.join('/'));
    const { deviceId = '', moduleId } = this.#withKnownDevice(found?.params ?? {});
    return asDevice(keyOf({ deviceId, moduleId }));
  }

  readonly #isKnown = (key: IdentityKey): boolean => this.#hub.fleet.find(key) !== undefined;

  #withKnownDevice(params: Params): Params {
    const { deviceId } = params;
    if (deviceId === undefined || !deviceId.includes('%')) return params;
    return { ...params, deviceId: decodeAgain(deviceId, this.#isKnown) };
  }

  #rejectUnknown(asked: RestRequest): Answer {
    const { method, path, segments, headers } = asked;
    const operation = UNSUPPORTED_TABLE.find(method, segments)?.row.name;
    const why = operation ? NOT_SUPPORTED : UNKNOWN;
    asked.refusal = why;
    this.#log.warn('Refused a request', { method, path: pathOf(asked), ...(operation && { operation }), ...why });
    const allowed = this.#table.methods(segments);
    return operation === undefined && allowed.length > 0
      ? noMethodAnswer(method, allowed)
      : noResourceAnswer(`https://${headers.host ?? this.#hub.hostName}${path}`);
  }

  /** A request that was accepted, though the service may refuse it. */
  #reportDoubt({ method, path }: RestRequest, { status, headers }: Answer): void {
    const cause = headers?.[HINT_HEADER];
    if (status < 400 && cause !== undefined) this.#log.info('Accepted a request with doubt', { method, path, cause });
  }

  #reject(error: unknown, { method, path, found }: RestRequest): Answer {
    const { ids, clock } = this.#hub;
    const stamp: Stamp = { trackingId: ids.trackingId(), at: timestamp(clock.now()) };
    const where = { method, path, trackingId: stamp.trackingId };
    if (!(error instanceof HubError)) {
      this.#log.error('A request failed', error, where);
      return bugAnswer(stamp);
    }
    // the authenticator has logged the refusals that are its own
    if (error.hint !== undefined && error.status !== 401)
      this.#log.info('Refused a request', { ...where, code: error.code, cause: error.hint });
    return errorAnswer(error, stamp, found?.row.reachesDevice);
  }
}

const pathOf = ({ path }: RestRequest): string => path.split('?', 1)[0] ?? '';

const answered = ({ method, path }: HubRoute, { status, headers }: Answer): Answered => ({
  verb: method,
  subject: path,
  answer: String(status),
  refusal: status < 400 ? undefined : (headers?.['iothub-errorcode'] ?? String(status)),
});

/** Adds the headers that the service puts on every answer. */
const withServiceHeaders = ({ status, headers, body }: Answer): Answer => ({
  status,
  headers: { vary: 'Origin', server: 'Microsoft-HTTPAPI/2.0', 'x-ms-request-id': randomUUID(), ...headers },
  ...(body === undefined ? {} : { body }),
});
