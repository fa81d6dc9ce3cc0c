import { versionQueryString } from '../shared/endpoint.ts';
import type { RestApi } from '../shared/rest-api.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { Row } from './row.ts';

/** The state of an import or export, as the hub reports it. */
export interface ImportExportJob {
  [name: string]: unknown;
}

/** Bulk imports and exports of the registry through blob containers. Operations throw at once for invalid arguments. */
export const importExportJobsOf = (rest: RestApi) => {
  const create = (job: object) => {
    const path = `/jobs/create${versionQueryString()}`;
    return rest.call<ImportExportJob>({ method: 'POST', path, body: job }).then(bodyOf);
  };
  return {
    import: (input: string, output: string) => create(importJob(input, output)),
    importByIdentity: (input: string, output: string, identity: string | undefined) =>
      create({ ...importJob(input, output), ...byIdentity(identity) }),
    export: (output: string, excludeKeys: boolean) => create(exportJob(output, excludeKeys)),
    exportByIdentity: (output: string, excludeKeys: boolean, identity: string | undefined) =>
      create({ ...exportJob(output, excludeKeys), ...byIdentity(identity) }),
    list: () => rest.call<Row>({ method: 'GET', path: `/jobs${versionQueryString()}` }),
    get: (jobId: string) => rest.call<ImportExportJob>({ method: 'GET', path: pathOf(jobId) }).then(bodyOf),
    cancel: (jobId: string) => rest.call<ImportExportJob>({ method: 'DELETE', path: pathOf(jobId) }).then(bodyOf),
  };
};

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

const bodyOf = <T>({ responseBody }: ResultWithHttpResponse<T>): T => responseBody;

const pathOf = (jobId: string): string => {
  if (!jobId) throw new ReferenceError('jobId cannot be falsy');
  return `/jobs/${encodeURIComponent(jobId)}${versionQueryString()}`;
};
