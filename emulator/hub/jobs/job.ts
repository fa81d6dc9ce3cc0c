import type { JsonObject } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import type { MethodRequest } from '../messaging/method.ts';
import type { DeviceJobStatistics, JobStatus } from './job-schema.ts';

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
  /** Undefined until the job has ended. */
  readonly statistics: DeviceJobStatistics | undefined;
}

/** C# and Java send a whole twin; its device id is not that of the target. */
export const withoutDeviceId = ({ deviceId: _, ...change }: JsonObject): JsonObject => change;

export const isActive = ({ status }: Job): boolean =>
  status === 'queued' || status === 'scheduled' || status === 'running';

/** When devices that are not done have failed. */
export const deadlineOf = (job: Job): number => job.startAt + job.maxExecutionTimeInSeconds * 1000;

/** The answer to the request that creates a job. */
export const renderQueued = ({ jobId, work }: Job): JsonObject => ({ jobId, type: work.type, status: 'queued' });

/** The record of an unknown job. It is not an error, so that clients ask the older job operations. */
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
      const payload = [...new TextEncoder().encode(work.method.payload.text)];
      return { cloudToDeviceMethod: { ...work.method, payload } };
    }
    default:
      return work satisfies never;
  }
};
