import type { DeviceJob } from './device-job.ts';
import type { DeviceJobStatistics } from './job-schema.ts';

/** Statistics of a job that has found no device yet. */
export const NO_DEVICES: DeviceJobStatistics = {
  deviceCount: 0,
  failedCount: 0,
  succeededCount: 0,
  runningCount: 0,
  pendingCount: 0,
};

/** `statistics` with what `change` adds to them. */
export const counted = (
  statistics: DeviceJobStatistics,
  change: Partial<DeviceJobStatistics>,
): DeviceJobStatistics => ({
  deviceCount: statistics.deviceCount + (change.deviceCount ?? 0),
  failedCount: statistics.failedCount + (change.failedCount ?? 0),
  succeededCount: statistics.succeededCount + (change.succeededCount ?? 0),
  runningCount: statistics.runningCount + (change.runningCount ?? 0),
  pendingCount: statistics.pendingCount + (change.pendingCount ?? 0),
});

const COUNTS = {
  pending: 'pendingCount',
  scheduled: 'pendingCount',
  running: 'runningCount',
  completed: 'succeededCount',
  failed: 'failedCount',
  canceled: 'failedCount',
} as const;

/** The change of statistics for a row, times `by`. */
export const countOf = (row: DeviceJob | undefined, by: number): Partial<DeviceJobStatistics> =>
  row === undefined ? {} : { [COUNTS[row.status]]: by };
