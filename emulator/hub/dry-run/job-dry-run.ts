import { HubError } from '../../../protocol/errors.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import { type Member, withTwin } from '../fleet/member.ts';
import { visitMembers } from '../fleet/visit-members.ts';
import type { Hub } from '../hub.ts';
import { withoutDeviceId } from '../jobs/job.ts';
import { jobSelection } from '../selection.ts';
import { patchedTwin } from '../twins/twin-writes.ts';
import { type DryRun, Touched } from './touched.ts';

export interface JobDryRun extends DryRun {
  /** Of a method: how many of those that are selected listen to methods now. */
  readonly listening: number | undefined;
}

/**
 * What a job would do if it started now; nothing is written and no method is called. Yields between short slices.
 * Throws as `Jobs.create` does, and ArgumentInvalid for a condition with which the job would fail.
 */
export function* dryRunJob(
  hub: Hub,
  { jobId, body, most }: { readonly jobId: string | undefined; readonly body: Json; readonly most: number },
): Generator<void, JobDryRun> {
  const { work, queryCondition } = hub.jobs.trial(jobId ?? unusedId(hub), body);
  const { from, matches } = jobSelection(queryCondition, hub.limits);
  const touched = new Touched(most);
  let listening = 0;
  yield* visitMembers([from === 'devices' ? hub.fleet.devices : hub.fleet.modules], (member) => {
    if (!matches(member)) return;
    touched.match();
    if (work.type === 'scheduleUpdateTwin')
      tryPatch(hub, touched, { member, change: withoutDeviceId(work.updateTwin) });
    else if (hub.sessions.find(member.key, 'methods') !== undefined) listening++;
  });
  return { ...touched.result, listening: work.type === 'scheduleDeviceMethod' ? listening : undefined };
}

const unusedId = (hub: Hub, id = 'dry-run'): string => (hub.jobs.find(id) === undefined ? id : unusedId(hub, `${id}-`));

const tryPatch = (
  { clock, limits }: Hub,
  touched: Touched,
  { member, change }: { readonly member: Member; readonly change: JsonObject },
): void => {
  try {
    const patched = patchedTwin(member, change, { at: timestamp(clock.now()), limits });
    if (patched !== undefined) touched.change(member, withTwin(member, patched.twin));
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    touched.fail(member, error);
  }
};
