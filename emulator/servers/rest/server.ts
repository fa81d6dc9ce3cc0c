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
import { decodeAgain, readTarget, type Target } from '../http/target.ts';
import { answerWhenKept, type Kept } from '../kept.ts';
import { peerCertificate } from '../listener/peer-certificate.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { act } from './act.ts';
import { callingModule, needsNoVersion } from './calling-module.ts';
import { bugAnswer, errorAnswer, HINT_HEADER, noMethodAnswer, noResourceAnswer, type Stamp } from './errors.ts';
import { RestFaults } from './faults.ts';
import { metered } from './metered.ts';
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

/** A request, with the operation that it means. */
interface Requested extends Target {
  readonly method: string;
  readonly found: { readonly row: HubRoute; readonly params: Params } | undefined;
  /** Filled while it runs. */
  readonly noted: Noted;
}

interface Noted {
  caller?: Principal;
  body?: Buffer;
  /** Why it was refused: an error, or words. */
  refusal?: unknown;
}

const NO_BODY = Buffer.alloc(0);
const UNSUPPORTED_TABLE = mount(UNSUPPORTED);
const NOT_SUPPORTED = { cause: 'the emulator does not support it', remedy: 'see the list in docs/coverage.md' };
const UNKNOWN = { cause: 'the service has no such operation', remedy: 'check the method and the path' };

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
    const requested = this.#read(request);
    const began = performance.now();
    let answer: Answer;
    try {
      answer = withServiceHeaders(await this.#run(request, requested));
      this.#reportDoubt(request, answer);
    } catch (error) {
      requested.noted.refusal = error;
      answer = withServiceHeaders(this.#reject(request, error, requested.found?.row));
    }
    if (this.#traffic !== undefined && request.headers['user-agent'] !== PROBE_AGENT) {
      answer = asText(answer);
      this.#traffic.record(exchangeOf(request, requested, { answer, ms: performance.now() - began }));
    }
    const row = requested.found?.row;
    if (diagnostics.hasSubscribers && row !== undefined) diagnostics.publish(answered(row, answer));
    if (request.headers['user-agent'] !== PROBE_AGENT)
      this.#answered?.({ method: requested.method, path: pathOf(request), status: answer.status });
    return answer;
  }

  #read(request: HttpRequest): Requested {
    const target = readTarget(request.url);
    const method = methodOf(request);
    return { ...target, method, found: this.#table.find(method, target.segments), noted: {} };
  }

  async #run(request: HttpRequest, requested: Requested): Promise<Answer> {
    const { query, found, noted } = requested;
    if (found === undefined) return this.#rejectUnknown(request, requested);
    const [{ headers, rawHeaders, socket }, { row }] = [request, found];
    if (query.has('api-version') || !needsNoVersion(row, headers)) checkApiVersion(query.get('api-version'));
    const caller = this.#authenticate(request, row, requested);
    noted.caller = caller;
    const bytes = row.bodyLimit === 0 ? NO_BODY : await readBody(request, row.bodyLimit);
    noted.body = bytes;
    const params = this.#withKnownDevice(found.params);
    const incoming = { caller, params, query, headers, rawHeaders, bytes, gone: () => socket.destroyed };
    const route = `${row.method} ${row.path}`;
    const work = async () => metered(this.#hub.usage, route, { bytes, answer: await act(this.#hub, row, incoming) });
    const run = () => answerWhenKept(this.#kept, row.isRead, work);
    if (this.#faults.isIdle) return run();
    return this.#faults.run({ socket, route, segments: requested.segments, params, bytes, run });
  }

  /** Throws IotHubUnauthorizedAccess. */
  #authenticate({ headers, socket }: HttpRequest, { auth }: HubRoute, { segments, found }: Requested): Principal {
    const { authorization } = headers;
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

  #rejectUnknown({ url, headers }: HttpRequest, { method, segments, noted }: Requested): Answer {
    const operation = UNSUPPORTED_TABLE.find(method, segments)?.row.name;
    noted.refusal = operation ? NOT_SUPPORTED : UNKNOWN;
    this.#log.warn('Refused a request', {
      method,
      path: pathOf({ url }),
      ...(operation && { operation }),
      ...(operation ? NOT_SUPPORTED : UNKNOWN),
    });
    const allowed = this.#table.methods(segments);
    return operation === undefined && allowed.length > 0
      ? noMethodAnswer(method, allowed)
      : noResourceAnswer(`https://${headers.host ?? this.#hub.hostName}${url}`);
  }

  /** A request that was accepted, though the service may refuse it. */
  #reportDoubt({ method, url }: HttpRequest, { status, headers }: Answer): void {
    const cause = headers?.[HINT_HEADER];
    if (status < 400 && cause !== undefined)
      this.#log.info('Accepted a request with doubt', { method, path: url, cause });
  }

  #reject({ method, url }: HttpRequest, error: unknown, row: HubRoute | undefined): Answer {
    const { ids, clock } = this.#hub;
    const stamp: Stamp = { trackingId: ids.trackingId(), at: timestamp(clock.now()) };
    const where = { method, path: url, trackingId: stamp.trackingId };
    if (!(error instanceof HubError)) {
      this.#log.error('A request failed', error, where);
      return bugAnswer(stamp);
    }
    // the authenticator has logged the refusals that are its own
    if (error.hint !== undefined && error.status !== 401)
      this.#log.info('Refused a request', { ...where, code: error.code, cause: error.hint });
    return errorAnswer(error, stamp, row?.reachesDevice);
  }
}

const exchangeOf = (
  { url, headers }: HttpRequest,
  { method, noted }: Requested,
  { answer, ms }: { readonly answer: Answer; readonly ms: number },
): RestExchange => new RestExchange({ method, path: url, headers, ...noted, answer, ms });

const pathOf = ({ url }: Pick<HttpRequest, 'url'>): string => url.split('?', 1)[0] ?? '';

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

/** Java's SDK sends PATCH as POST with this header. */
const methodOf = ({ method, headers }: HttpRequest): string => {
  const override = headers['x-http-method-override'];
  return method === 'POST' && typeof override === 'string' ? override.trim().toUpperCase() : method;
};

/** Any date is accepted: the list of the service is long and grows. Throws InvalidProtocolVersion. */
const checkApiVersion = (version: string | undefined): void => {
  if (version !== undefined && /^\d{4}-\d{2}-\d{2}(?:-preview)?$/.test(version)) return;
  throw new HubError('InvalidProtocolVersion', `Invalid api version: ${version ?? ''}`);
};
