import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import type { Params, ParamsOf, Row } from '../http/table.ts';
import { check } from './schema.ts';

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
export interface Call<P, B, Q> {
  readonly params: P;
  readonly query: Q;
  readonly headers: IncomingHttpHeaders;
  readonly body: B;
  readonly gone: () => boolean;
}

/** What the OpenAPI document says of an operation. */
export interface Described {
  /** In a few words, for people. */
  readonly summary?: string;
  /** Describes a JSON body. */
  readonly schema?: z.ZodType;
  /** Media types in which the body may come besides JSON. */
  readonly alsoAs?: readonly string[];
  /** Media types of the answer, JSON if not given; none: it has no content. */
  readonly answers?: readonly string[];
}

export interface Shape<B, Q extends z.ZodObject> extends Described {
  /** Reads the body; throws a HubError. */
  readonly body?: (bytes: Buffer) => B;
  /** Largest body in bytes, 1 MiB unless told. */
  readonly bodyLimit?: number;
  /** What may stand behind the question mark; without it nothing is looked at. */
  readonly query?: Q;
  /** Needs no token: for probes and for those who have yet to learn whom to trust. */
  readonly open?: boolean;
}

/** One operation of the emulator's own API: a row of a table. */
export interface AdminRoute extends Row, Described {
  readonly open: boolean;
  /** Largest body in bytes, 0 where none is read. */
  readonly bodyLimit: number;
  readonly query: z.ZodObject | undefined;
  run(incoming: Incoming): Answer | Promise<Answer>;
}

const BODY_LIMIT = 1024 * 1024;

/** Makes a row: `GET /health`; the types of parameters, query and body stay inside it. */
export const adminRoute = <
  P extends `${'GET' | 'PUT' | 'POST' | 'DELETE'} /${string}`,
  B = undefined,
  Q extends z.ZodObject = z.ZodObject,
>(
  operation: P,
  { body, bodyLimit = BODY_LIMIT, query: asked, open = false, ...described }: Shape<B, Q>,
  run: (call: Call<ParamsOf<P>, B, z.output<Q>>) => Answer | Promise<Answer>,
): AdminRoute => {
  const [method = '', path = ''] = operation.split(' ', 2);
  return {
    ...described,
    method,
    path,
    open,
    bodyLimit: body === undefined ? 0 : bodyLimit,
    query: asked,
    run: ({ params, query, headers, bytes, gone }) =>
      run({
        params: params as ParamsOf<P>, // the table found them by this very path
        // nobody reads what has no schema
        query: asked === undefined ? ({} as z.output<Q>) : check(asked, Object.fromEntries(query), 'query'),
        headers,
        body: body?.(bytes) as B, // without a reader B is undefined
        gone,
      }),
  };
};
