import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Client } from './client.ts';
import type { Configuration, IdentityDocument, Job, TwinDocument } from './documents.ts';

const VERSION = 'api-version=2021-04-12';

export interface MethodCall {
  readonly methodName: string;
  readonly payload: Json;
  readonly responseTimeoutInSeconds: number;
  readonly connectTimeoutInSeconds: number;
}

export interface MethodResult {
  readonly status: number;
  readonly payload: Json;
}

export interface Page {
  readonly rows: readonly Json[];
  readonly continuation: string | undefined;
}

/** The hub's service API as the admin port passes it on. Methods throw ApiError. */
export type Service = ReturnType<typeof createService>;

export const createService = (client: Client) => {
  const at = (path: string): string => `/service${path}${path.includes('?') ? '&' : '?'}${VERSION}`;
  const send = <T = undefined>(method: string, path: string, body?: unknown, etag?: string): Promise<T> =>
    client.send<T>(at(path), { method, body, headers: etag === undefined ? {} : { 'if-match': etag } });
  return {
    identity: (key: string) => client.get<IdentityDocument>(at(identityPath(key))),
    modules: (device: string) => client.get<readonly IdentityDocument[]>(at(`${identityPath(device)}/modules`)),
    putIdentity: (key: string, body: object, etag?: string) =>
      send<IdentityDocument>('PUT', identityPath(key), body, etag),
    deleteIdentity: (key: string) => send('DELETE', identityPath(key), undefined, '*'),
    bulk: (body: readonly object[]) => send<{ errors?: readonly BulkError[] }>('POST', '/devices', body),

    patchTwin: (key: string, patch: JsonObject, etag = '*') => send<TwinDocument>('PATCH', twinPath(key), patch, etag),
    replaceTwin: (key: string, twin: JsonObject, etag = '*') => send<TwinDocument>('PUT', twinPath(key), twin, etag),

    invoke: (key: string, call: MethodCall) => send<MethodResult>('POST', `${twinPath(key)}/methods`, call),

    query: async (query: string, continuation?: string, pageSize = 100): Promise<Page> => {
      const response = await client.call(at('/devices/query'), {
        method: 'POST',
        body: { query },
        headers: {
          'x-ms-max-item-count': String(pageSize),
          ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
        },
      });
      return {
        rows: (await response.json()) as Json[], // the service answers with an array
        continuation: response.headers.get('x-ms-continuation') ?? undefined,
      };
    },

    configurations: () => client.get<readonly Configuration[]>(at('/configurations?top=100')),
    putConfiguration: (id: string, body: object, etag?: string) =>
      send<Configuration>('PUT', `/configurations/${encodeURIComponent(id)}`, body, etag),
    deleteConfiguration: (id: string) => send('DELETE', `/configurations/${encodeURIComponent(id)}`, undefined, '*'),

    jobs: async (): Promise<readonly Job[]> => {
      const answer = await client.get<readonly Job[] | { value?: readonly Job[] }>(at('/jobs/v2/query'));
      return 'value' in answer ? (answer.value ?? []) : (answer as readonly Job[]); // an array has no `value`
    },
    putJob: (id: string, body: object) => send<Job>('PUT', `/jobs/v2/${encodeURIComponent(id)}`, body),
    cancelJob: (id: string) => send<Job>('POST', `/jobs/v2/${encodeURIComponent(id)}/cancel`),
    deviceJobs: (id: string) => deviceJobsQuery(id),
  };
};

interface BulkError {
  readonly deviceId: string;
  readonly errorStatus: string;
}

const deviceJobsQuery = (id: string): string =>
  `SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '${id.replaceAll("'", "''")}'`;

/** `device` or `device/module` as a path of the registry. */
const identityPath = (key: string): string => {
  const [device = '', module] = splitKey(key);
  return `/devices/${encodeURIComponent(device)}${module === undefined ? '' : `/modules/${encodeURIComponent(module)}`}`;
};

export const twinPath = (key: string): string => identityPath(key).replace(/^\/devices/, '/twins');

/** Ids hold no slash, so a key is taken apart at the first. */
export const splitKey = (key: string): [device: string, module: string | undefined] => {
  const at = key.indexOf('/');
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
};
