import { expect, test } from 'vitest';
import { jobBody } from './data.ts';

// https://learn.microsoft.com/rest/api/iothub/service/jobs/create-scheduled-job
test('a job is written as the service reads it', () => {
  const draft = {
    queryCondition: "tags.building = '43'",
    methodName: 'lockDoor',
    startAt: Date.parse('2026-01-01T12:00:00Z'),
  };
  expect(jobBody({ ...draft, type: 'scheduleDeviceMethod', content: '{"door": 1}' })).toEqual({
    type: 'scheduleDeviceMethod',
    queryCondition: "tags.building = '43'",
    startTime: '2026-01-01T12:00:00.000Z',
    maxExecutionTimeInSeconds: 300,
    cloudToDeviceMethod: { methodName: 'lockDoor', payload: { door: 1 }, responseTimeoutInSeconds: 30 },
  });
  expect(jobBody({ ...draft, type: 'scheduleUpdateTwin', content: '{"tags": {"floor": 3}}' })).toMatchObject({
    updateTwin: { etag: '*', tags: { floor: 3 } },
  });
  expect(() => jobBody({ ...draft, type: 'scheduleUpdateTwin', content: '{' })).toThrow(SyntaxError);
});
