import type { DeviceJobStatistics, JobStatus } from '../../protocol/job.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import { timestamp } from './clock.ts';

/** What a job does to each of its devices. */
export type JobWork =
  | { readonly type: 'scheduleDeviceMethod'; readonly method: MethodRequest }
  | { readonly type: 'scheduleUpdateTwin'; readonly updateTwin: JsonObject };

/** A scheduled job. Immutable; times in milliseconds since 1970 on the hub's clock. */
export interface Job {
  readonly jobId: string;
  readonly work: JobWork;
  readonly queryCondition: string;
  readonly createdAt: number;
  readonly startAt: number;
  readonly endedAt: number | undefined;
  readonly maxExecutionTimeInSeconds: number;
  readonly status: JobStatus;
  readonly failureReason: string | undefined;
  /** Undefined until the devices are known. */
  readonly statistics: DeviceJobStatistics | undefined;
}

export const isActive = ({ status }: Job): boolean =>
  status === 'queued' || status === 'scheduled' || status === 'running';

/** When a device that has not been dealt with is given up. */
export const deadlineOf = (job: Job): number => job.startAt + job.maxExecutionTimeInSeconds * 1000;

/** What the hub says of a job that it has just taken, and no more. */
export const renderQueued = ({ jobId, work }: Job): JsonObject => ({ jobId, type: work.type, status: 'queued' });

/** What the hub says of a job that it does not know: no error, so that clients ask the older job operations. */
export const renderUnknown = (jobId: string): JsonObject => ({ jobId, type: 'unknown', status: 'unknown' });

/**
 * The whole record, members in the order of the service.
 * https://learn.microsoft.com/rest/api/iothub/service/jobs/get-scheduled-job
 */
export const renderJob = (job: Job): JsonObject => ({
  jobId: job.jobId,
  queryCondition: job.queryCondition,
  createdTime: timestamp(job.createdAt),
  startTime: timestamp(job.startAt),
  ...(job.endedAt === undefined ? {} : { endTime: timestamp(job.endedAt) }),
  maxExecutionTimeInSeconds: job.maxExecutionTimeInSeconds,
  type: job.work.type,
  ...renderWork(job.work),
  status: job.status,
  ...(job.failureReason === undefined ? {} : { failureReason: job.failureReason }),
  ...(job.statistics === undefined ? {} : { deviceJobStatistics: { ...job.statistics } }),
});

const renderWork = (work: JobWork): JsonObject => {
  switch (work.type) {
    case 'scheduleUpdateTwin':
      return { updateTwin: work.updateTwin };
    case 'scheduleDeviceMethod': {
      // observed 2026-08 on a live hub: the payload comes back as the bytes of its JSON text
      const payload = [...new TextEncoder().encode(JSON.stringify(work.method.payload))];
      return { cloudToDeviceMethod: { ...work.method, payload } };
    }
    default:
      return work satisfies never;
  }
};
