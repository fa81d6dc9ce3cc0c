import { readEnvelope } from '../../protocol/envelope.ts';
import { HubError } from '../../protocol/errors.ts';
import { JobRequest, readTime } from '../../protocol/job.ts';
import { isObject, type Json, own } from '../../protocol/json.ts';
import type { MethodRequest } from '../../protocol/method.ts';
import type { Job, JobWork } from './job.ts';

/** How far ahead a job may be planned. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
const HOURS_AHEAD = 168;

// no document gives what is taken where nothing is said
const DEFAULT_EXECUTION_SECONDS = 3600;

/**
 * Reads the body of a new job. Throws ArgumentInvalid, GenericBadRequest for a type that cannot be scheduled.
 * What `queryCondition` says is not looked at: as on the service, a bad one makes the job fail later.
 */
export const readJob = (
  jobId: string,
  body: Json,
  context: { readonly now: number; readonly readMethod: (body: Json | undefined) => MethodRequest },
): Job => {
  // observed 2026-08 on a live hub: narrower than what is documented
  if (!/^[a-z0-9\-']{1,64}$/.test(jobId)) throw invalid("The job id must be 1 to 64 of a-z, 0-9, - and '.");
  const request = readEnvelope(JobRequest, body);
  if (request.jobId && request.jobId !== jobId) throw invalid('jobId in the request body does not match the URI.');
  const work = readWork(request, context.readMethod);
  if (!request.queryCondition) throw invalid('queryCondition is required');
  const startAt = Math.max(context.now, request.startTime ? readTime(request.startTime) : context.now);
  if (startAt > context.now + HOURS_AHEAD * 3_600_000)
    throw invalid(`startTime must not be more than ${HOURS_AHEAD} hours ahead.`);
  return {
    jobId,
    work,
    queryCondition: request.queryCondition,
    createdAt: context.now,
    startAt,
    endedAt: undefined,
    maxExecutionTimeInSeconds: request.maxExecutionTimeInSeconds || DEFAULT_EXECUTION_SECONDS,
    status: 'queued',
    failureReason: undefined,
    statistics: undefined,
  };
};

const readWork = (request: JobRequest, readMethod: (body: Json | undefined) => MethodRequest): JobWork => {
  // C# writes PascalCase
  switch (request.type.toLowerCase()) {
    case 'scheduledevicemethod':
      if (!isObject(request.cloudToDeviceMethod)) throw invalid('cloudToDeviceMethod must be a JSON object.');
      return { type: 'scheduleDeviceMethod', method: readMethod(request.cloudToDeviceMethod) };
    case 'scheduleupdatetwin': {
      const { updateTwin } = request;
      if (!isObject(updateTwin)) throw invalid('updateTwin must be a JSON object.');
      if (own(updateTwin, 'etag') !== '*')
        throw invalid(
          "Missing or invalid etag for job type ScheduleUpdateTwin. ScheduleUpdateTwin job type is a force update, which only accepts '*' as the Etag.",
        );
      return { type: 'scheduleUpdateTwin', updateTwin };
    }
    default:
      throw new HubError('GenericBadRequest', 'BadRequest');
  }
};

const invalid = (message: string): HubError => new HubError('ArgumentInvalid', message);
