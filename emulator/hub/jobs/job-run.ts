import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Selection } from '../selection.ts';
import type { Job } from './job.ts';
import type { DeviceJobStatistics } from './job-schema.ts';

/** How far a running job is. */
export interface JobRun {
  /** The next slot of the fleet to look at, undefined once all targets are found. */
  readonly slot: number | undefined;
  /** The index of the next target. */
  readonly next: number;
  readonly statistics: DeviceJobStatistics;
}

/** A running job in the process that runs it. */
export type OpenRun = { -readonly [K in keyof JobRun]: JobRun[K] } & {
  readonly job: Job;
  readonly selection: Selection;
  /** Devices and modules in the order of the job's rows. */
  readonly targets: IdentityKey[];
};
