import { nameOf } from '../../../../protocol/identity-key.ts';
import type { JsonObject } from '../../../../protocol/json.ts';
import { dryRunConfiguration } from '../../../hub/dry-run/configuration-dry-run.ts';
import { dryRunJob } from '../../../hub/dry-run/job-dry-run.ts';
import type { TouchedTwin } from '../../../hub/dry-run/touched.ts';
import type { Hub } from '../../../hub/hub.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** What configurations and jobs would do. */
export const dryRun = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('POST /dry-run/configuration', async ({ body: { configuration, limit }, gone }) => {
    const run = dryRunConfiguration(hub, { id: configuration.id, body: read(configuration), most: limit });
    const { overruledBy, twins, ...counts } = await runInSlices(run, gone);
    return {
      ...counts,
      twins: twins.map(render),
      overruledBy: Array.from(overruledBy, ([id, count]) => ({ id, twins: count })),
    };
  }),
  adminRoute('POST /dry-run/job', async ({ body: { job, limit }, gone }) => {
    const run = dryRunJob(hub, { jobId: job.jobId, body: read(job), most: limit });
    const { listening, twins, ...counts } = await runInSlices(run, gone);
    return { ...counts, twins: twins.map(render), ...(listening === undefined ? {} : { listening }) };
  }),
];

/** What was read from JSON. */
const read = (body: object): JsonObject => body as JsonObject;

const render = ({ key, changes, creates, error }: TouchedTwin) => ({
  ...nameOf(key),
  changes,
  ...(creates.length === 0 ? {} : { creates }),
  ...(error === undefined ? {} : { error: { code: error.code, text: error.text } }),
});
