import type { ErrorCode, HubError } from '../../protocol/errors.ts';
import type { IdentityKey } from '../../protocol/identity-key.ts';
import { nameOf } from '../../protocol/identity-key.ts';
import type { JobType } from '../../protocol/job.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { MethodAnswer } from '../../protocol/method.ts';
import { timestamp } from './clock.ts';
import { deadlineOf, type Job } from './job.ts';

export type DeviceJobStatus = 'pending' | 'scheduled' | 'running' | 'completed' | 'failed' | 'canceled';

/** What a job did to one device or module: a row of `devices.jobs`. Immutable; times in ms on the hub's clock. */
export interface DeviceJob {
  readonly jobId: string;
  readonly key: IdentityKey;
  readonly jobType: JobType;
  readonly status: DeviceJobStatus;
  readonly startAt: number;
  readonly endAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly answer: MethodAnswer | undefined;
  readonly error: { readonly code: ErrorCode; readonly description: string } | undefined;
  /** A row that came from another hub is shown as it stands. */
  readonly document?: JsonObject;
}

/** `now`: when the job found the device. */
export const newDeviceJob = (job: Job, key: IdentityKey, now: number): DeviceJob => ({
  jobId: job.jobId,
  key,
  jobType: job.work.type,
  status: 'pending',
  startAt: job.startAt,
  endAt: deadlineOf(job),
  createdAt: now,
  updatedAt: now,
  answer: undefined,
  error: undefined,
});

export const rowKey = ({ jobId, key }: Pick<DeviceJob, 'jobId' | 'key'>): string => `${jobId}\n${key}`;

export const failedWith = (row: DeviceJob, error: HubError, now: number): DeviceJob => ({
  ...row,
  status: 'failed',
  updatedAt: now,
  error: { code: error.code, description: error.message },
});

/** https://learn.microsoft.com/azure/iot-hub/query-jobs */
export const renderDeviceJob = (row: DeviceJob): JsonObject => {
  if (row.document !== undefined) return row.document;
  const { deviceId, moduleId } = nameOf(row.key);
  return {
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    jobId: row.jobId,
    jobType: row.jobType,
    status: row.status,
    startTimeUtc: timestamp(row.startAt),
    endTimeUtc: timestamp(row.endAt),
    createdDateTimeUtc: timestamp(row.createdAt),
    lastUpdatedDateTimeUtc: timestamp(row.updatedAt),
    outcome: { deviceMethodResponse: row.answer === undefined ? null : { ...row.answer } },
    ...(row.error === undefined ? {} : { error: row.error }),
  };
};
