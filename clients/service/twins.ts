import { versionQueryString } from '../shared/endpoint.ts';
import type { RestApi, RestRequest } from '../shared/rest-api.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import { twinPath } from '../shared/twin-path.ts';
import type { DeviceIdentity } from './device.ts';
import { quoted } from './etag.ts';
import { pageHeaders, Query } from './query.ts';
import type { Row } from './row.ts';
import { Twin, type TwinApi } from './twin.ts';

/** Reads, writes and queries twins, by the path of a device or module. Each `Twin` uses `api` to refresh and update itself. */
export const twinsOf = (rest: RestApi, api: TwinApi) => {
  const call = async (request: RestRequest): Promise<ResultWithHttpResponse<Twin>> => {
    const { responseBody, httpResponse } = await rest.call<DeviceIdentity>(request);
    return { responseBody: new Twin(responseBody, api), httpResponse };
  };
  return {
    get: (path: string) => call({ method: 'GET', path }),
    update: (path: string, patch: unknown, etag: string) => call({ method: 'PATCH', path, ...change(patch, etag) }),
    replace: (path: string, twin: unknown, etag: string) => call({ method: 'PUT', path, ...change(twin, etag) }),
    query: (sqlQuery: string, pageSize?: number) => {
      if (!sqlQuery) throw new ReferenceError(`sqlQuery cannot be '${sqlQuery}'`);
      if (typeof sqlQuery !== 'string') throw new TypeError('sqlQuery must be a string');
      if (pageSize !== undefined && pageSize !== null && typeof pageSize !== 'number')
        throw new TypeError('pageSize must be a number or be null or undefined');
      const path = `/devices/query${versionQueryString()}`;
      const fetchPage = (token?: string) =>
        rest.call<Row[]>({ method: 'POST', path, headers: pageHeaders(token, pageSize), body: { query: sqlQuery } });
      return new Query(fetchPage, (row) => new Twin(row, api));
    },
  };
};

/** Throws ReferenceError for an empty id. */
export const deviceTwinPath = (deviceId: string): string => {
  if (!deviceId) throw new ReferenceError(`deviceId cannot be '${deviceId}'`);
  return `${twinPath(deviceId)}${versionQueryString()}`;
};

/** Throws ReferenceError for an empty id. */
export const moduleTwinPath = (deviceId: string, moduleId: string): string => {
  if (!deviceId) throw new ReferenceError("Argument 'deviceId' cannot be falsy");
  if (!moduleId) throw new ReferenceError("Argument 'moduleId' cannot be falsy");
  return `${twinPath(deviceId, moduleId)}${versionQueryString()}`;
};

const change = (body: unknown, etag: string) => {
  if (!body) throw new ReferenceError(`patch cannot be '${body}'`);
  if (!etag) throw new ReferenceError(`etag cannot be '${etag}'`);
  return { body, headers: { 'If-Match': quoted(etag) } };
};
