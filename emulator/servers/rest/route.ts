import type { IncomingHttpHeaders } from 'node:http';
import { HubError } from '../../../protocol/errors.ts';
import { type IfMatch, parseIfMatch } from '../../../protocol/etag.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Right } from '../../auth/policies.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Answer } from '../http/answer.ts';
import { parseJson } from '../http/body.ts';
import type { Params, ParamsOf, Row } from '../http/table.ts';

/** A request whose path, api-version and rights have been checked. */
export interface Incoming {
  readonly params: Params;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** True once nobody waits for the answer any more. */
  readonly gone: () => boolean;
}

/** What a row's function gets: everything parsed. */
export interface Call<P, B, Q> {
  readonly params: P;
  readonly body: B;
  readonly query: Q;
  readonly ifMatch: IfMatch;
  readonly headers: IncomingHttpHeaders;
  readonly gone: () => boolean;
}

/** How to read what comes with a request; each reader throws a HubError. */
export interface Shapes<B, Q> {
  readonly body?: (bytes: Buffer) => B;
  readonly query?: (query: ReadonlyMap<string, string>) => Q;
  /** Largest body in bytes, 1 MiB unless told. */
  readonly bodyLimit?: number;
}

/** One operation of the service: a row of a table. */
export interface Route extends Row {
  /** One of them is enough. */
  readonly rights: readonly Right[];
  /** Largest body in bytes, 0 where none is read. */
  readonly bodyLimit: number;
  run(hub: Hub, incoming: Incoming): Answer | Promise<Answer>;
}

const BODY_LIMIT = 1024 * 1024;

/** Makes a row; the types of parameters, body and query stay inside it, so that a table is a plain `Route[]`. */
export const route = <P extends string, B = undefined, Q = undefined>(
  method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE',
  path: P,
  rights: Right | readonly Right[],
  { body, query, bodyLimit = BODY_LIMIT }: Shapes<B, Q>,
  run: (hub: Hub, call: Call<ParamsOf<P>, B, Q>) => Answer | Promise<Answer>,
): Route => ({
  method,
  path,
  rights: typeof rights === 'string' ? [rights] : rights,
  bodyLimit: body === undefined ? 0 : bodyLimit,
  run: (hub, incoming) =>
    run(hub, {
      params: incoming.params as ParamsOf<P>, // the table found them by this very path
      body: body?.(incoming.bytes) as B, // without a reader B is undefined
      query: query?.(incoming.query) as Q, // as above
      ifMatch: parseIfMatch(incoming.headers['if-match']),
      headers: incoming.headers,
      gone: incoming.gone,
    }),
});

/** Reads a JSON body. Throws ArgumentInvalid. */
export const json = (bytes: Buffer): Json => readJson(bytes, 'ArgumentInvalid');

/** Reads a twin. Throws IotHubFormatError. */
export const twinJson = (bytes: Buffer): Json => readJson(bytes, 'IotHubFormatError');

const readJson = (bytes: Buffer, code: 'ArgumentInvalid' | 'IotHubFormatError'): Json => {
  const parsed = parseJson(bytes);
  if ('value' in parsed) return parsed.value;
  throw new HubError(code, 'The request body is not valid JSON.', { hint: parsed.refusal });
};
