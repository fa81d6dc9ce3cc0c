import { renderJob, renderQueued } from '../../../hub/jobs/job.ts';
import { doubtAbout } from '../../../hub/jobs/job-request.ts';
import type { JobFilter } from '../../../hub/jobs/jobs.ts';
import { memberText } from '../../../kernel/json-text.ts';
import { ok } from '../../http/response.ts';
import { HINT_HEADER } from '../errors.ts';
import { page, pageRequest } from '../paging.ts';
import { type HubRoute, jsonText, route, SERVICE_CONNECT } from '../route.ts';

const JOB = '/jobs/v2/:jobId';

/** The page is requested in the query, as documented, or in headers, as SDKs do. */
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
export const jobs: readonly HubRoute[] = [
  route('GET', '/jobs/v2/query', SERVICE_CONNECT, { query: filter }, (hub, { query, headers }) => {
    const { maxItemCount = query.maxItemCount, continuation = query.continuation } = pageRequest(headers);
    return page({ itemType: 'JobResponse', ...hub.jobs.list({ ...query, maxItemCount, continuation }) });
  }),
  route('PUT', JOB, SERVICE_CONNECT, { body: jsonText }, (hub, { params, body }) => {
    const method = memberText(body, 'cloudToDeviceMethod');
    const job = hub.jobs.create(params.jobId, body.value, method && memberText(method, 'payload'));
    const doubt = doubtAbout(params.jobId);
    return ok(renderQueued(job), doubt === undefined ? {} : { [HINT_HEADER]: doubt });
  }),
  route('GET', JOB, SERVICE_CONNECT, {}, (hub, { params }) => ok(hub.jobs.show(params.jobId))),
  route('POST', `${JOB}/cancel`, SERVICE_CONNECT, {}, (hub, { params }) =>
    ok(renderJob(hub.jobs.cancel(params.jobId))),
  ),
];
