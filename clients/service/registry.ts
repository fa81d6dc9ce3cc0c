import { type HttpResponseCallback, settleHttp } from '../shared/callback.ts';
import { versionQueryString } from '../shared/endpoint.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { DeviceIdentity } from './device.ts';
import { quoted } from './etag.ts';
import * as access from './hub-access.ts';
import { Query, type Row } from './query.ts';
import {
  type BulkRegistryOperationResult as BulkResult,
  type DeviceDescription as Description,
  RegistryDevices,
} from './registry-devices.ts';
import type { ImportExportJob } from './registry-jobs.ts';
import { Twin } from './twin.ts';

type TwinDone = HttpResponseCallback<Twin>;
type TwinAnswer = Promise<ResultWithHttpResponse<Twin>>;

/** A hub's identity registry and its twins, over REST. */
export class Registry extends RegistryDevices {
  constructor(config: access.TransportConfig, options?: access.ServiceOptions) {
    super(access.restOf(config, options));
  }

  getTwin(deviceId: string, done: TwinDone): void;
  getTwin(deviceId: string): TwinAnswer;
  getTwin(deviceId: string, done?: TwinDone) {
    return settleHttp(() => this.#twin({ method: 'GET', path: pathOf(deviceId) }), done);
  }

  getModuleTwin(deviceId: string, moduleId: string, done: TwinDone): void;
  getModuleTwin(deviceId: string, moduleId: string): TwinAnswer;
  getModuleTwin(deviceId: string, moduleId: string, done?: TwinDone) {
    return settleHttp(() => this.#twin({ method: 'GET', path: modulePathOf(deviceId, moduleId) }), done);
  }

  /** Merges `patch`, an object or JSON, into the twin if `etag` is the current one or `*`. */
  updateTwin(deviceId: string, patch: unknown, etag: string, done: TwinDone): void;
  updateTwin(deviceId: string, patch: unknown, etag: string): TwinAnswer;
  updateTwin(deviceId: string, patch: unknown, etag: string, done?: TwinDone) {
    return settleHttp(() => this.#twin({ method: 'PATCH', path: pathOf(deviceId), ...change(patch, etag) }), done);
  }

  updateModuleTwin(deviceId: string, moduleId: string, patch: unknown, etag: string, done: TwinDone): void;
  updateModuleTwin(deviceId: string, moduleId: string, patch: unknown, etag: string): TwinAnswer;
  updateModuleTwin(deviceId: string, moduleId: string, patch: unknown, etag: string, done?: TwinDone) {
    const path = () => modulePathOf(deviceId, moduleId);
    return settleHttp(() => this.#twin({ method: 'PATCH', path: path(), ...change(patch, etag) }), done);
  }

  /** Puts tags and desired properties in the place of the present ones; azure-iothub has no such call. */
  replaceTwin(deviceId: string, twin: unknown, etag: string, done: TwinDone): void;
  replaceTwin(deviceId: string, twin: unknown, etag: string): TwinAnswer;
  replaceTwin(deviceId: string, twin: unknown, etag: string, done?: TwinDone) {
    return settleHttp(() => this.#twin({ method: 'PUT', path: pathOf(deviceId), ...change(twin, etag) }), done);
  }

  replaceModuleTwin(deviceId: string, moduleId: string, twin: unknown, etag: string, done: TwinDone): void;
  replaceModuleTwin(deviceId: string, moduleId: string, twin: unknown, etag: string): TwinAnswer;
  replaceModuleTwin(deviceId: string, moduleId: string, twin: unknown, etag: string, done?: TwinDone) {
    const path = () => modulePathOf(deviceId, moduleId);
    return settleHttp(() => this.#twin({ method: 'PUT', path: path(), ...change(twin, etag) }), done);
  }

  /** A query in the hub's query language; nothing is sent before the first page is asked for. */
  createQuery(sqlQuery: string, pageSize?: number): Query {
    if (!sqlQuery) throw new ReferenceError(`sqlQuery cannot be '${sqlQuery}'`);
    if (typeof sqlQuery !== 'string') throw new TypeError('sqlQuery must be a string');
    if (pageSize !== undefined && pageSize !== null && typeof pageSize !== 'number')
      throw new TypeError('pageSize must be a number or be null or undefined');
    return new Query((continuationToken) => {
      const headers = {
        ...(continuationToken ? { 'x-ms-continuation': continuationToken } : {}),
        ...(pageSize ? { 'x-ms-max-item-count': String(pageSize) } : {}),
      };
      const path = `/devices/query${versionQueryString()}`;
      return this.rest.call<Row[]>({ method: 'POST', path, headers, body: { query: sqlQuery } });
    }, this);
  }

  getRegistryStatistics(done: HttpResponseCallback<Registry.RegistryStatistics>): void;
  getRegistryStatistics(): Promise<ResultWithHttpResponse<Registry.RegistryStatistics>>;
  getRegistryStatistics(done?: HttpResponseCallback<Registry.RegistryStatistics>) {
    const path = `/statistics/devices${versionQueryString()}`;
    return settleHttp(() => this.rest.call<Registry.RegistryStatistics>({ method: 'GET', path }), done);
  }

  /** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(value: string, options?: access.ServiceOptions): Registry {
    return new Registry(access.fromConnectionString(value), options);
  }

  static fromSharedAccessSignature(value: string, options?: access.ServiceOptions): Registry {
    return new Registry(access.fromSharedAccessSignature(value), options);
  }

  static fromTokenCredential(
    hostName: string,
    tokenCredential: access.TokenCredential,
    options?: access.ServiceOptions,
  ): Registry {
    return new Registry(access.fromTokenCredential(hostName, tokenCredential), options);
  }

  async #twin(request: Parameters<Registry['rest']['call']>[0]): TwinAnswer {
    const { responseBody, httpResponse } = await this.rest.call<DeviceIdentity>(request);
    return { responseBody: new Twin(responseBody, this), httpResponse };
  }
}

export declare namespace Registry {
  type TransportConfig = access.TransportConfig;
  type JobStatus = ImportExportJob;
  interface QueryDescription {
    query: string;
  }
  interface RegistryStatistics {
    totalDeviceCount: number;
    enabledDeviceCount: number;
    disabledDeviceCount: number;
  }
  type ResponseCallback = HttpResponseCallback<Row>;
  type DeviceDescription = Description;
  type BulkRegistryOperationResult = BulkResult;
}

const change = (body: unknown, etag: string) => {
  if (!body) throw new ReferenceError(`patch cannot be '${body}'`);
  if (!etag) throw new ReferenceError(`etag cannot be '${etag}'`);
  return { body, headers: { 'If-Match': quoted(etag) } };
};

const pathOf = (deviceId: string): string => {
  if (!deviceId) throw new ReferenceError(`deviceId cannot be '${deviceId}'`);
  return `/twins/${encodeURIComponent(deviceId)}${versionQueryString()}`;
};

const modulePathOf = (deviceId: string, moduleId: string): string => {
  if (!deviceId) throw new ReferenceError("Argument 'deviceId' cannot be falsy");
  if (!moduleId) throw new ReferenceError("Argument 'moduleId' cannot be falsy");
  return `/twins/${encodeURIComponent(deviceId)}/modules/${encodeURIComponent(moduleId)}${versionQueryString()}`;
};
