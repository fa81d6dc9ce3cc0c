import { settleAs, type TripleValueCallback } from '../shared/callback.ts';
import { versionQueryString } from '../shared/endpoint.ts';
import type { RestApi, RestRequest } from '../shared/rest-api.ts';
import type { HttpResponse } from '../shared/results.ts';
import type { DeviceMethodParams } from './device-method.ts';
import * as access from './hub-access.ts';
import { pageHeaders, Query } from './query.ts';
import type { Row } from './row.ts';

export type JobType = 'scheduleUpdateTwin' | 'scheduleDeviceMethod';
export type JobStatus = 'queued' | 'scheduled' | 'running' | 'cancelled' | 'finished';

/** The job as the hub reports it, and the HTTP response. */
export interface JobStatusResponse {
  jobStatus: Row;
  response: HttpResponse;
}

type Done = TripleValueCallback<Row, HttpResponse>;
type JobId = string | number;
const MAX_EXECUTION_SECONDS = 3600;

/** Twin updates and direct methods on many devices, now or later. */
export class JobClient {
  readonly #rest: RestApi;

  constructor(config: access.TransportConfig, options?: access.ServiceOptions) {
    this.#rest = access.restOf(config, options);
  }

  getJob(jobId: JobId, done: Done): void;
  getJob(jobId: JobId): Promise<JobStatusResponse>;
  getJob(jobId: JobId, done?: Done) {
    return this.#run(() => ({ method: 'GET', path: pathOf(jobId) }), done);
  }

  /** Jobs of one type and status, or all; nothing is sent until the first page is requested. */
  createQuery(jobType?: JobType, jobStatus?: JobStatus, pageSize?: number): Query {
    const status = jobStatus ? `&jobStatus=${encodeURIComponent(jobStatus)}` : '';
    const type = jobType ? `&jobType=${encodeURIComponent(jobType)}` : '';
    return new Query((continuationToken) => {
      const path = `/jobs/v2/query${versionQueryString()}${status}${type}`;
      return this.#rest.call<Row[]>({ method: 'GET', path, headers: pageHeaders(continuationToken, pageSize) });
    });
  }

  cancelJob(jobId: JobId, done: Done): void;
  cancelJob(jobId: JobId): Promise<JobStatusResponse>;
  cancelJob(jobId: JobId, done?: Done) {
    return this.#run(() => ({ method: 'POST', path: pathOf(jobId, '/cancel') }), done);
  }

  /** Calls the method on all devices that match the condition. By default it starts now and may take an hour. */
  scheduleDeviceMethod(jobId: JobId, condition: string, params: DeviceMethodParams, done: Done): void;
  scheduleDeviceMethod(jobId: JobId, condition: string, params: DeviceMethodParams, start: Date, done: Done): void;
  scheduleDeviceMethod(
    jobId: JobId,
    condition: string,
    params: DeviceMethodParams,
    start: Date,
    maxSeconds: number,
    done: Done,
  ): void;
  scheduleDeviceMethod(
    jobId: JobId,
    condition: string,
    params: DeviceMethodParams,
    start?: Date,
    maxSeconds?: number,
  ): Promise<JobStatusResponse>;
  scheduleDeviceMethod(jobId: JobId, condition: string, params: DeviceMethodParams, ...rest: Rest) {
    const { done, ...timing } = split(rest);
    return this.#run(() => {
      if (!params) throw new ReferenceError(`methodParams cannot be '${params}'`);
      if (!params.methodName) throw new ReferenceError(`methodParams.methodName cannot be '${params.methodName}'`);
      const { methodName, payload = null, responseTimeoutInSeconds = 30, connectTimeoutInSeconds } = params;
      const cloudToDeviceMethod = { methodName, payload, responseTimeoutInSeconds, connectTimeoutInSeconds };
      return schedule(jobId, condition, { type: 'scheduleDeviceMethod', cloudToDeviceMethod, ...timing });
    }, done);
  }

  /** Merges `patch` into the twins of all devices that match the condition. By default it starts now and may take an hour. */
  scheduleTwinUpdate(jobId: JobId, condition: string, patch: Row, done: Done): void;
  scheduleTwinUpdate(jobId: JobId, condition: string, patch: Row, start: Date, done: Done): void;
  scheduleTwinUpdate(jobId: JobId, condition: string, patch: Row, start: Date, maxSeconds: number, done: Done): void;
  scheduleTwinUpdate(
    jobId: JobId,
    condition: string,
    patch: Row,
    start?: Date,
    maxSeconds?: number,
  ): Promise<JobStatusResponse>;
  scheduleTwinUpdate(jobId: JobId, condition: string, patch: Row, ...rest: Rest) {
    const { done, ...timing } = split(rest);
    return this.#run(() => {
      if (!patch) throw new ReferenceError(`patch cannot be '${patch}'`);
      return schedule(jobId, condition, { type: 'scheduleUpdateTwin', updateTwin: patch, ...timing });
    }, done);
  }

  /** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(value: string, options?: access.ServiceOptions): JobClient {
    return new JobClient(access.fromConnectionString(value), options);
  }

  static fromSharedAccessSignature(value: string, options?: access.ServiceOptions): JobClient {
    return new JobClient(access.fromSharedAccessSignature(value), options);
  }

  static fromTokenCredential(
    hostName: string,
    tokenCredential: access.TokenCredential,
    options?: access.ServiceOptions,
  ): JobClient {
    return new JobClient(access.fromTokenCredential(hostName, tokenCredential), options);
  }

  #run(request: () => RestRequest, done: Done | undefined) {
    return settleAs(
      () => this.#rest.call<Row>(request()).then((r) => ({ jobStatus: r.responseBody, response: r.httpResponse })),
      ({ jobStatus, response }) => [jobStatus, response],
      done,
    );
  }
}

type Rest = readonly (Date | number | Done | undefined)[];

/** Start, time limit and callback, where each but the last may be missing. */
const split = (rest: Rest) => {
  const done = rest.find((value) => typeof value === 'function');
  const start = rest.find((value) => value instanceof Date) ?? new Date();
  const maxExecutionTimeInSeconds = rest.find((value) => typeof value === 'number') ?? MAX_EXECUTION_SECONDS;
  return { startTime: start.toISOString(), maxExecutionTimeInSeconds, done };
};

const schedule = (jobId: JobId, queryCondition: string, job: object): RestRequest => {
  const path = pathOf(jobId);
  if (!queryCondition) throw new ReferenceError(`queryCondition cannot be '${queryCondition}'`);
  if (typeof queryCondition !== 'string') throw new TypeError('queryCondition must be a sql WHERE clause string');
  return { method: 'PUT', path, body: { jobId, queryCondition, ...job } };
};

const pathOf = (jobId: JobId, action = ''): string => {
  if (jobId === undefined || jobId === null || jobId === '') throw new ReferenceError(`jobId cannot be '${jobId}'`);
  return `/jobs/v2/${encodeURIComponent(jobId)}${action}${versionQueryString()}`;
};
