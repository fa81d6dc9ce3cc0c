import type { ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { nameOf } from '../../../protocol/identity-key.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import type { MethodAnswer } from '../messaging/method.ts';
import { deadlineOf, type Job } from './job.ts';
import type { JobType } from './job-schema.ts';

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
  /** Its number in its job, from 0: the job works in this order. */
  readonly order: number;
  /** A row from another hub, which is shown as it is. */
  readonly document?: JsonObject;
}

/** `now`: when the job found the device. */
export const newDeviceJob = (
  job: Job,
  key: IdentityKey,
  { now, order }: { readonly now: number; readonly order: number },
): DeviceJob => ({
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
  order,
});

export const rowKey = ({ jobId, key }: Pick<DeviceJob, 'jobId' | 'key'>): string => `${jobId}\n${key}`;

export const failedWith = (row: DeviceJob, error: HubError, now: number): DeviceJob => ({
  ...row,
  status: 'failed',
  updatedAt: now,
  error: { code: error.code, description: error.text },
});

/** The document as text, with the payload of a method's answer as the device sent it. */
export const writeDeviceJob = (row: DeviceJob): string => {
  const { answer } = row;
  const document = renderDeviceJob(row);
  if (answer === undefined) return JSON.stringify(document);
  const outcome = `{"deviceMethodResponse":{"status":${answer.status},"payload":${answer.payload.text}}}`;
  const members = Object.entries(document).map(([name, value]) => [name, JSON.stringify(value)] as const);
  return `{${members.map(([name, text]) => `"${name}":${name === 'outcome' ? outcome : text}`).join()}}`;
};

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
    outcome: {
      deviceMethodResponse: row.answer ? { status: row.answer.status, payload: row.answer.payload.value } : null,
    },
    ...(row.error === undefined ? {} : { error: row.error }),
  };
};
