import * as z from 'zod';
import type { Json } from '../../../protocol/json.ts';
import { optionalText } from '../envelope.ts';

/** What can be scheduled. */
export type JobType = 'scheduleDeviceMethod' | 'scheduleUpdateTwin';

export type JobStatus = 'queued' | 'scheduled' | 'running' | 'completed' | 'failed' | 'cancelled';

/** Milliseconds since 1970 of an ISO time; one without a zone is UTC. */
export const readTime = (text: string): number => Date.parse(/(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);

/**
 * The body of a new job; members that only the hub sets are ignored.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-jobs
 */
export const JobRequest = z.object(
  {
    jobId: optionalText('jobId'),
    type: z.string('type is required'),
    cloudToDeviceMethod: z.custom<Json>().optional(),
    updateTwin: z.custom<Json>().optional(),
    queryCondition: optionalText('queryCondition'),
    startTime: z
      .string('startTime must be a date')
      .refine((text) => Number.isFinite(readTime(text)), 'startTime must be a date')
      .nullish(),
    maxExecutionTimeInSeconds: z
      .int('maxExecutionTimeInSeconds must be a whole number')
      .min(0, 'maxExecutionTimeInSeconds must not be negative')
      .nullish(),
  },
  'The request body must be a JSON object.',
);
export type JobRequest = z.output<typeof JobRequest>;

/** The number of devices of a job, by their state. */
export interface DeviceJobStatistics {
  readonly deviceCount: number;
  readonly failedCount: number;
  readonly succeededCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
}
