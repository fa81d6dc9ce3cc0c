import { renderImportExportJob } from '../../../hub/import-export/import-export-job.ts';
import { ok } from '../../http/response.ts';
import { type HubRoute, json, REGISTRY_READ, REGISTRY_WRITE, route } from '../route.ts';

const JOB = '/jobs/:jobId';

/** https://learn.microsoft.com/rest/api/iothub/service/jobs */
export const importExport: readonly HubRoute[] = [
  route('GET', '/jobs', REGISTRY_READ, {}, (hub) => ok(hub.importExports.list().map(renderImportExportJob))),
  route('POST', '/jobs/create', REGISTRY_WRITE, { body: json }, async (hub, { body }) =>
    ok(renderImportExportJob(await hub.importExports.create(body))),
  ),
  route('GET', JOB, REGISTRY_READ, {}, (hub, { params }) =>
    ok(renderImportExportJob(hub.importExports.get(params.jobId))),
  ),
  route('DELETE', JOB, REGISTRY_WRITE, {}, (hub, { params }) =>
    ok(renderImportExportJob(hub.importExports.cancel(params.jobId))),
  ),
];
