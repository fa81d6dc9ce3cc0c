import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Answered, Operation, Operations, OutputOf, ParamsIn } from '../../../protocol/admin/operation.ts';
import type { AdminOperations } from '../../../protocol/admin/operations.ts';
import type { Answer } from '../http/response.ts';
import type { Params, Row } from '../http/route-table.ts';

/** A request that was checked against its operation. */
export interface Request<O extends string, T extends Operation> {
  readonly params: ParamsIn<O>;
  readonly query: OutputOf<T, 'query'>;
  /** Bytes if the operation has no schema for its body. */
  readonly body: T extends { readonly accepts: readonly string[] } ? Buffer : OutputOf<T, 'body'>;
  readonly headers: IncomingHttpHeaders;
  /** True once the client has disconnected. */
  readonly gone: () => boolean;
}

/** An answer that is not JSON, or that has another status than 200. */
export class Reply {
  readonly answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }
}

/** The function of a row; an operation without an answer returns nothing. */
type Run<O extends string, T extends Operation> = T extends { readonly answer: z.ZodType }
  ? (request: Request<O, T>) => Answered<T> | Reply | Promise<Answered<T> | Reply>
  : T extends { readonly produces: readonly string[] }
    ? (request: Request<O, T>) => Reply | Promise<Reply>
    : (request: Request<O, T>) => void;

/** One row of the table: an operation, and the function that answers it. */
export interface AdminRoute extends Row {
  readonly operation: string;
  run(request: CheckedRequest): unknown;
}

/** Any `Request`: the values fit the operation of the row. */
export interface CheckedRequest {
  readonly params: Params;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly gone: () => boolean;
}

/** Makes rows for a set of operations. */
export const adminRoutesOf =
  <All extends Operations>() =>
  <O extends keyof All & string>(operation: O, run: Run<O, All[O]>): AdminRoute => {
    const [method = '', path = ''] = operation.split(' ', 2);
    // the server checks each request against the schemas of this very operation
    return { operation, method, path, run: run as AdminRoute['run'] };
  };

/** A row of the admin API: `adminRoute('GET /clock', () => …)`. */
export const adminRoute = adminRoutesOf<AdminOperations>();
