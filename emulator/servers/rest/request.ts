import type { IncomingHttpHeaders } from 'node:http';
import { HubError } from '../../../protocol/errors.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Mounted, Params } from '../http/route-table.ts';
import type { HttpRequest } from '../http/server.ts';
import { readTarget, type Target } from '../http/target.ts';
import type { HubRoute } from './route.ts';

/** A request, with the operation that it means. */
export interface RestRequest extends Target {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly found: { readonly row: HubRoute; readonly params: Params } | undefined;
  /** The rest is known when it has run. */
  caller: Principal | undefined;
  body: Buffer | undefined;
  /** Why it was refused: an error, or words. */
  refusal: unknown;
}

export const readRequest = (request: HttpRequest, table: Mounted<HubRoute>): RestRequest => {
  const { url: path, headers } = request;
  const { segments, query } = readTarget(path);
  const method = methodOf(request);
  const found = table.find(method, segments);
  return { method, path, headers, segments, query, found, caller: undefined, body: undefined, refusal: undefined };
};

/** Java's SDK sends PATCH as POST with this header. */
const methodOf = ({ method, headers }: HttpRequest): string => {
  if (method !== 'POST') return method;
  const override = headers['x-http-method-override'];
  return typeof override === 'string' ? override.trim().toUpperCase() : method;
};

/** Any date is accepted: the list of the service is long and grows. Throws InvalidProtocolVersion. */
export const checkApiVersion = (version: string | undefined): void => {
  if (version !== undefined && /^\d{4}-\d{2}-\d{2}(?:-preview)?$/.test(version)) return;
  throw new HubError('InvalidProtocolVersion', `Invalid api version: ${version ?? ''}`);
};
