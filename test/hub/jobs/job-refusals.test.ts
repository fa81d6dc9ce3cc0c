import { describe, expect, test } from 'vitest';
import type { Json } from '../../../protocol/json.ts';
import { refusal } from '../../support/hub/hub.ts';
import { methodJob, newWorld, twinJob } from '../../support/hub/jobs.ts';

describe('a job is refused', () => {
  const refused = (jobId: string, body: Json) => refusal(() => newWorld().jobs.create(jobId, body));

  test('when its id has other characters than the service takes', () => {
    for (const jobId of ['', 'job.01', 'a b', 'a_b', 'x'.repeat(65)])
      expect(refused(jobId, twinJob)).toMatchObject({ code: 'ArgumentInvalid', status: 400 });
    expect(refused("job-1'", twinJob)).toBeUndefined();
  });

  // https://github.com/Azure/azure-iot-sdk-csharp/issues/1680
  test('when its condition has more than 8192 characters', () => {
    const queryCondition = "deviceId = 'd1'".padEnd(8192);
    expect(refused('job02', { ...twinJob, queryCondition })).toBeUndefined();
    expect(refused('job02', { ...twinJob, queryCondition: `${queryCondition} ` })).toMatchObject({
      code: 'PreconditionFailed',
      status: 412,
    });
  });

  test('when its twin update has an etag other than *', () => {
    for (const etag of [undefined, null, 'AAAAAAAAAAE='])
      expect(refused('job02', { ...twinJob, updateTwin: { tags: {}, ...(etag !== undefined && { etag }) } })).toEqual({
        code: 'ArgumentInvalid',
        status: 400,
        message:
          "Missing or invalid etag for job type ScheduleUpdateTwin. ScheduleUpdateTwin job type is a force update, which only accepts '*' as the Etag.",
      });
  });

  test('when it starts more than a week ahead', () => {
    expect(refused('job02', { ...twinJob, startTime: '2026-01-08T00:00:00Z' })).toBeUndefined();
    expect(refused('job02', { ...twinJob, startTime: '2026-01-08T00:00:01Z' })).toMatchObject({ status: 400 });
    expect(refused('job02', { ...twinJob, startTime: 'soon' })).toMatchObject({ status: 400 });
  });

  test('when its type cannot be scheduled, or its method cannot be called', () => {
    expect(refused('job02', { ...twinJob, type: 'export' })).toEqual({
      code: 'GenericBadRequest',
      status: 400,
      message: 'BadRequest',
    });
    expect(refused('job01', { ...methodJob, type: 'ScheduleDeviceMethod' })).toBeUndefined();
    const cloudToDeviceMethod = { methodName: 'a', responseTimeoutInSeconds: 4 };
    expect(refused('job01', { ...methodJob, cloudToDeviceMethod })).toMatchObject({
      message: 'responseTimeoutInSeconds must be within [5; 300].',
    });
  });

  test('when it exists, or ten others are not done', () => {
    const { jobs, clock } = newWorld();
    const later = { ...twinJob, startTime: '2026-01-01T01:00:00Z' };
    for (let i = 0; i < 10; i++) jobs.create(`job${i}`, later);
    expect(refusal(() => jobs.create('job0', later))).toMatchObject({ code: 'JobAlreadyExists', status: 409 });
    expect(refusal(() => jobs.create('job10', later))).toMatchObject({
      code: 'ThrottlingMaxActiveJobCountExceeded',
      status: 429,
    });
    clock.advance(3_600_000);
    expect(refusal(() => jobs.create('job10', twinJob))).toBeUndefined();
  });
});
