import { type Callback, type HttpResponseCallback, settle, settleHttp } from '../shared/callback.ts';
import { versionQueryString } from '../shared/endpoint.ts';
import type { RestApi } from '../shared/rest-api.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { Row } from './query.ts';

/** How far an import or export is, as the hub tells it. */
export interface ImportExportJob {
  [name: string]: unknown;
}

/** The registry's bulk imports and exports through blob containers. */
export class RegistryJobs {
  protected readonly rest: RestApi;

  constructor(rest: RestApi) {
    this.rest = rest;
  }

  importDevicesFromBlob(input: string, output: string, done: Callback<ImportExportJob>): void;
  importDevicesFromBlob(input: string, output: string): Promise<ImportExportJob>;
  importDevicesFromBlob(input: string, output: string, done?: Callback<ImportExportJob>) {
    return settle(() => this.#create(importJob(input, output)), done);
  }

  /** The hub shows its own identity to the storage, or `userAssignedIdentity`. */
  importDevicesFromBlobByIdentity(input: string, output: string, done: Callback<ImportExportJob>): void;
  importDevicesFromBlobByIdentity(
    input: string,
    output: string,
    userAssignedIdentity: string,
    done: Callback<ImportExportJob>,
  ): void;
  importDevicesFromBlobByIdentity(
    input: string,
    output: string,
    userAssignedIdentity?: string,
  ): Promise<ImportExportJob>;
  importDevicesFromBlobByIdentity(
    input: string,
    output: string,
    third?: string | Callback<ImportExportJob>,
    fourth?: Callback<ImportExportJob>,
  ) {
    const [identity, done] = split(third, fourth);
    return settle(() => this.#create({ ...importJob(input, output), ...byIdentity(identity) }), done);
  }

  exportDevicesToBlob(output: string, excludeKeys: boolean, done: Callback<ImportExportJob>): void;
  exportDevicesToBlob(output: string, excludeKeys: boolean): Promise<ImportExportJob>;
  exportDevicesToBlob(output: string, excludeKeys: boolean, done?: Callback<ImportExportJob>) {
    return settle(() => this.#create(exportJob(output, excludeKeys)), done);
  }

  /** The hub shows its own identity to the storage, or `userAssignedIdentity`. */
  exportDevicesToBlobByIdentity(output: string, excludeKeys: boolean, done: Callback<ImportExportJob>): void;
  exportDevicesToBlobByIdentity(
    output: string,
    excludeKeys: boolean,
    userAssignedIdentity: string,
    done: Callback<ImportExportJob>,
  ): void;
  exportDevicesToBlobByIdentity(
    output: string,
    excludeKeys: boolean,
    userAssignedIdentity?: string,
  ): Promise<ImportExportJob>;
  exportDevicesToBlobByIdentity(
    output: string,
    excludeKeys: boolean,
    third?: string | Callback<ImportExportJob>,
    fourth?: Callback<ImportExportJob>,
  ) {
    const [identity, done] = split(third, fourth);
    return settle(() => this.#create({ ...exportJob(output, excludeKeys), ...byIdentity(identity) }), done);
  }

  listJobs(done: HttpResponseCallback<Row>): void;
  listJobs(): Promise<ResultWithHttpResponse<Row>>;
  listJobs(done?: HttpResponseCallback<Row>) {
    return settleHttp(() => this.rest.call({ method: 'GET', path: `/jobs${versionQueryString()}` }), done);
  }

  getJob(jobId: string, done: Callback<ImportExportJob>): void;
  getJob(jobId: string): Promise<ImportExportJob>;
  getJob(jobId: string, done?: Callback<ImportExportJob>) {
    return settle(() => this.#job('GET', jobId), done);
  }

  cancelJob(jobId: string, done: Callback<ImportExportJob>): void;
  cancelJob(jobId: string): Promise<ImportExportJob>;
  cancelJob(jobId: string, done?: Callback<ImportExportJob>) {
    return settle(() => this.#job('DELETE', jobId), done);
  }

  #create(job: object): Promise<ImportExportJob> {
    const path = `/jobs/create${versionQueryString()}`;
    return this.rest.call<ImportExportJob>({ method: 'POST', path, body: job }).then(bodyOf);
  }

  #job(method: 'GET' | 'DELETE', jobId: string): Promise<ImportExportJob> {
    if (!jobId) throw new ReferenceError('jobId cannot be falsy');
    const path = `/jobs/${encodeURIComponent(jobId)}${versionQueryString()}`;
    return this.rest.call<ImportExportJob>({ method, path }).then(bodyOf);
  }
}

const bodyOf = <T>({ responseBody }: ResultWithHttpResponse<T>): T => responseBody;

const importJob = (inputBlobContainerUri: string, outputBlobContainerUri: string) => {
  if (!inputBlobContainerUri) throw new ReferenceError('inputBlobContainerUri cannot be falsy');
  if (!outputBlobContainerUri) throw new ReferenceError('outputBlobContainerUri cannot be falsy');
  return { type: 'import', inputBlobContainerUri, outputBlobContainerUri };
};

const exportJob = (outputBlobContainerUri: string, excludeKeysInExport: boolean) => {
  if (!outputBlobContainerUri) throw new ReferenceError('outputBlobContainerUri cannot be falsy');
  return { type: 'export', outputBlobContainerUri, excludeKeysInExport };
};

const byIdentity = (userAssignedIdentity: string | undefined) => ({
  storageAuthenticationType: 'IdentityBased',
  ...(userAssignedIdentity === undefined ? {} : { identity: { userAssignedIdentity } }),
});

const split = <T>(third: string | Callback<T> | undefined, fourth: Callback<T> | undefined) =>
  typeof third === 'function' ? ([undefined, third] as const) : ([third, fourth] as const);
