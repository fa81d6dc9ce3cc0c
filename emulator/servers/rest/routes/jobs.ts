import { renderJob, renderQueued } from '../../../hub/job.ts';
import type { JobFilter } from '../../../hub/jobs.ts';
import { ok } from '../../http/answer.ts';
import { page, pageRequest } from '../paging.ts';
import { json, type Route, route } from '../route.ts';

const JOB = '/jobs/v2/:jobId';

/** The page may be asked for in the query, as documented, or in headers, as SDKs do. */
const filter = (query: ReadonlyMap<string, string>): JobFilter => {
  const size = query.get('pagesize');
  return {
    jobType: query.get('jobtype'),
    jobStatus: query.get('jobstatus'),
    maxItemCount: size ? Number(size) : undefined,
    continuation: query.get('continuationtoken') || undefined,
  };
};

/** https://learn.microsoft.com/rest/api/iothub/service/jobs */
export const jobs: readonly Route[] = [
  route('GET', '/jobs/v2/query', 'ServiceConnect', { query: filter }, (hub, { query, headers }) => {
    const { maxItemCount = query.maxItemCount, continuation = query.continuation } = pageRequest(headers);
    return page({ itemType: 'JobResponse', ...hub.jobs.list({ ...query, maxItemCount, continuation }) });
  }),
  route('PUT', JOB, 'ServiceConnect', { body: json }, (hub, { params, body }) =>
    ok(renderQueued(hub.jobs.create(params.jobId, body))),
  ),
  route('GET', JOB, 'ServiceConnect', {}, (hub, { params }) => ok(hub.jobs.show(params.jobId))),
  route('POST', `${JOB}/cancel`, 'ServiceConnect', {}, (hub, { params }) =>
    ok(renderJob(hub.jobs.cancel(params.jobId))),
  ),
];
