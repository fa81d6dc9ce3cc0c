import type { IncomingHttpHeaders } from 'node:http';
import { type IfMatch, parseIfMatch } from '../../../protocol/etag.ts';
import type { Answer } from './response.ts';
import type { Params, ParamsOf, Row } from './route-table.ts';

/** A request that was authenticated, with its body. `Caller` is the type of the authenticated sender. */
export interface Incoming<Caller> {
  readonly caller: Caller;
  readonly params: Params;
  /** Names in lower case. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  /** True once the client has closed the connection. */
  readonly gone: () => boolean;
}

/** A request as the function of a row gets it: everything is parsed. */
export interface Call<Caller, P, B, Q> {
  readonly caller: Caller;
  readonly params: P;
  readonly body: B;
  readonly query: Q;
  readonly ifMatch: IfMatch;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly gone: () => boolean;
}

/** Read body and query of a request; each reader throws a HubError. */
export interface Readers<B, Q> {
  readonly body?: (bytes: Buffer) => B;
  readonly query?: (query: ReadonlyMap<string, string>) => Q;
  /** Largest body in bytes; default 1 MiB. */
  readonly bodyLimit?: number;
  /** Default: `parseIfMatch`. */
  readonly ifMatch?: (header: string | undefined) => IfMatch;
  /** True: the operation hands the request on to a device, and errors on the way have a form of their own. */
  readonly reachesDevice?: boolean;
  /** True: the operation changes nothing. Default: true for GET, and for what reaches a device. */
  readonly isRead?: boolean;
}

/**
 * One operation of `Service`: a row of a table. `Auth` is the rule for who may call it; the server applies the rule, which gives
 * the `Caller`.
 */
export interface Route<Service, Auth, Caller> extends Row {
  /** Method and path, such as `GET /twins/:deviceId`. */
  readonly name: string;
  readonly auth: Auth;
  /** Largest body in bytes, 0 if none is read. */
  readonly bodyLimit: number;
  readonly reachesDevice: boolean;
  readonly isRead: boolean;
  run(service: Service, incoming: Incoming<Caller>): Answer | Promise<Answer>;
}

export type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

const BODY_LIMIT = 1024 * 1024;

/**
 * The maker of rows for the tables of one server. The types of parameters, body and query stay inside of a row, so that a
 * table is a plain `Route[]`.
 */
export const routesOf =
  <Service, Auth, Caller>() =>
  <P extends string, B = undefined, Q = undefined>(
    method: Method,
    path: P,
    auth: Auth,
    {
      body,
      query,
      bodyLimit = BODY_LIMIT,
      ifMatch = parseIfMatch,
      reachesDevice = false,
      isRead = method === 'GET' || reachesDevice,
    }: Readers<B, Q>,
    run: (service: Service, call: Call<Caller, ParamsOf<P>, B, Q>) => Answer | Promise<Answer>,
  ): Route<Service, Auth, Caller> => ({
    method,
    path,
    name: `${method} ${path}`,
    auth,
    bodyLimit: body === undefined ? 0 : bodyLimit,
    reachesDevice,
    isRead,
    run: (service, incoming) =>
      run(service, {
        caller: incoming.caller,
        params: incoming.params as ParamsOf<P>, // the table found them by this very path
        body: body?.(incoming.bytes) as B, // without a reader B is undefined
        query: query?.(incoming.query) as Q, // as above
        ifMatch: ifMatch(incoming.headers['if-match']),
        headers: incoming.headers,
        rawHeaders: incoming.rawHeaders,
        gone: incoming.gone,
      }),
  });
