import { HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, own } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { readEnvelope } from '../envelope.ts';
import type { MethodRequest } from '../messaging/method.ts';
import type { Job, JobWork } from './job.ts';
import { JobRequest, readTime } from './job-schema.ts';

// the documentation does not give the default
const DEFAULT_EXECUTION_SECONDS = 3600;

/**
 * Reads the body of a new job. Throws ArgumentInvalid, PreconditionFailed for a condition that is too long, GenericBadRequest
 * for a type that cannot be scheduled. As on the service, an invalid condition makes the job fail later.
 */
export const readJob = (
  jobId: string,
  body: Json,
  context: {
    readonly now: number;
    readonly limits: Limits;
    readonly readMethod: (body: Json | undefined) => MethodRequest;
  },
): Job => {
  if (!/^[A-Za-z0-9\-']{1,64}$/.test(jobId)) throw invalid("The job id must be 1 to 64 of A-Z, a-z, 0-9, - and '.");
  const request = readEnvelope(JobRequest, body);
  if (request.jobId && request.jobId !== jobId) throw invalid('jobId in the request body does not match the URI.');
  const work = readWork(request, context.readMethod);
  if (!request.queryCondition) throw invalid('queryCondition is required');
  refuseLength(request.queryCondition, context.limits);
  const startAt = Math.max(context.now, request.startTime ? readTime(request.startTime) : context.now);
  const { jobAheadMs } = context.limits;
  if (startAt > context.now + jobAheadMs)
    throw invalid(`startTime must not be more than ${jobAheadMs / 3_600_000} hours ahead.`);
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

/** https://github.com/Azure/azure-iot-sdk-csharp/issues/1680 */
const refuseLength = ({ length }: string, { queryLength }: Limits): void => {
  if (length <= queryLength) return;
  const hint = `the condition has ${length} characters, ${queryLength} are allowed`;
  throw new HubError('PreconditionFailed', 'Precondition failed', { hint });
};

/**
 * What a caller should know about an id that is accepted. Microsoft's samples use capitals, but a live hub was seen to refuse
 * them: https://github.com/Azure-Samples/azure-iot-samples-csharp, iot-hub/Samples/service/JobsSample/JobsSample.cs
 */
export const doubtAbout = (jobId: string): string | undefined =>
  /[A-Z]/.test(jobId) ? `a hub in Azure may refuse the capitals in the job id ${jobId}` : undefined;

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
