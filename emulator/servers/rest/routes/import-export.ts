import { renderImportExportJob } from '../../../hub/import-export-job.ts';
import { ok } from '../../http/answer.ts';
import { json, type Route, route } from '../route.ts';

const JOB = '/jobs/:jobId';

/** https://learn.microsoft.com/rest/api/iothub/service/jobs */
export const importExport: readonly Route[] = [
  route('GET', '/jobs', 'RegistryRead', {}, (hub) => ok(hub.importExports.list().map(renderImportExportJob))),
  route('POST', '/jobs/create', 'RegistryWrite', { body: json }, async (hub, { body }) =>
    ok(renderImportExportJob(await hub.importExports.create(body))),
  ),
  route('GET', JOB, 'RegistryRead', {}, (hub, { params }) =>
    ok(renderImportExportJob(hub.importExports.get(params.jobId))),
  ),
  route('DELETE', JOB, 'RegistryWrite', {}, (hub, { params }) =>
    ok(renderImportExportJob(hub.importExports.cancel(params.jobId))),
  ),
];
