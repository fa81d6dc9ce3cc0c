import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Answer } from '../http/answer.ts';
import { parseJson } from '../http/body.ts';
import type { Params, ParamsOf, Row } from '../http/table.ts';

/** A request that was let in. */
export interface Incoming {
  readonly params: Params;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** True once nobody waits for the answer any more. */
  readonly gone: () => boolean;
}

/** What a row's function gets. */
export interface Call<P, B> {
  readonly params: P;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: B;
  readonly gone: () => boolean;
}

export interface Shape<B> {
  /** Reads the body; throws a HubError. */
  readonly body?: (bytes: Buffer) => B;
  /** Largest body in bytes, 1 MiB unless told. */
  readonly bodyLimit?: number;
  /** Describes the body in the OpenAPI document. */
  readonly schema?: z.ZodType;
  /** Needs no token: for probes and for those who have yet to learn whom to trust. */
  readonly open?: boolean;
}

/** One operation of the emulator's own API: a row of a table. */
export interface AdminRoute extends Row {
  readonly open: boolean;
  /** Largest body in bytes, 0 where none is read. */
  readonly bodyLimit: number;
  readonly schema: z.ZodType | undefined;
  run(incoming: Incoming): Answer | Promise<Answer>;
}

const BODY_LIMIT = 1024 * 1024;

/** Makes a row: `GET /health`; the types of parameters and body stay inside it. */
export const adminRoute = <P extends `${'GET' | 'PUT' | 'POST' | 'DELETE'} /${string}`, B = undefined>(
  operation: P,
  { body, bodyLimit = BODY_LIMIT, schema, open = false }: Shape<B>,
  run: (call: Call<ParamsOf<P>, B>) => Answer | Promise<Answer>,
): AdminRoute => {
  const [method = '', path = ''] = operation.split(' ', 2);
  return {
    method,
    path,
    open,
    bodyLimit: body === undefined ? 0 : bodyLimit,
    schema,
    run: ({ params, query, headers, bytes, gone }) =>
      run({
        params: params as ParamsOf<P>, // the table found them by this very path
        query,
        headers,
        body: body?.(bytes) as B, // without a reader B is undefined
        gone,
      }),
  };
};

/** Reads a JSON body. Throws ArgumentInvalid. */
export const json = (bytes: Buffer): Json => {
  const parsed = parseJson(bytes);
  if ('value' in parsed) return parsed.value;
  throw new HubError('ArgumentInvalid', `The request body is not valid JSON: ${parsed.refusal}`);
};
