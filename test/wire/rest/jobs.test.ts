import { expect, test } from 'vitest';
import { connectDevice } from '../../support/hub/device-end.ts';
import { START } from '../../support/hub/hub.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

// the samples of https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-jobs
const methodJob = {
  jobId: 'job01',
  type: 'scheduleDeviceMethod',
  cloudToDeviceMethod: {
    methodName: 'doSomethingInteresting',
    payload: { key1: 'value1' },
    responseTimeoutInSeconds: 30,
  },
  queryCondition: '*',
  startTime: START,
  maxExecutionTimeInSeconds: 60,
};
const twinJob = {
  jobId: 'job02',
  type: 'scheduleUpdateTwin',
  updateTwin: { properties: { desired: { test1: 'value1' } }, etag: '*' },
  queryCondition: '*',
  startTime: START,
  maxExecutionTimeInSeconds: 20,
};

const codeOf = async (asked: ReturnType<Rest['ask']>): Promise<[number, unknown]> => {
  const { status, headers } = await asked;
  return [status, headers['iothub-errorcode']];
};

test('a job is answered with its id, type and status, and shown whole later', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  connectDevice(rest.hub, 'd1', () => ({ status: 200, payload: { done: true } }));
  const method = await rest.ask('PUT', '/jobs/v2/job01', { body: methodJob });
  const twin = await rest.ask('PUT', '/jobs/v2/job02', { body: twinJob });
  expect([method.status, method.text]).toEqual([
    200,
    '{"jobId":"job01","type":"scheduleDeviceMethod","status":"queued"}',
  ]);
  expect([twin.status, twin.text]).toEqual([200, '{"jobId":"job02","type":"scheduleUpdateTwin","status":"queued"}']);
  rest.clock.settle();
  const { status, text } = await rest.ask('GET', '/jobs/v2/job02');
  expect([status, text]).toEqual([
    200,
    '{"jobId":"job02","queryCondition":"*","createdTime":"2026-01-01T00:00:00Z","startTime":"2026-01-01T00:00:00Z",' +
      '"endTime":"2026-01-01T00:00:00Z","maxExecutionTimeInSeconds":20,"type":"scheduleUpdateTwin",' +
      '"updateTwin":{"properties":{"desired":{"test1":"value1"}},"etag":"*"},"status":"completed",' +
      '"deviceJobStatistics":{"deviceCount":1,"failedCount":0,"succeededCount":1,"runningCount":0,"pendingCount":0}}',
  ]);
  expect((await rest.ask('GET', '/twins/d1')).body).toMatchObject({ properties: { desired: { test1: 'value1' } } });
});

test('a query finds what a job did to each device', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  connectDevice(rest.hub, 'd1', () => ({ status: 200, payload: { done: true } }));
  await rest.ask('PUT', '/jobs/v2/job01', { body: methodJob });
  rest.clock.settle();
  const body = { query: "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'job01'" };
  const { headers, body: rows } = await rest.ask('POST', '/devices/query', { body });
  expect([headers['x-ms-item-type'], rows]).toEqual([
    'DeviceJob',
    [
      {
        deviceId: 'd1',
        jobId: 'job01',
        jobType: 'scheduleDeviceMethod',
        status: 'completed',
        startTimeUtc: START,
        endTimeUtc: '2026-01-01T00:01:00Z',
        createdDateTimeUtc: START,
        lastUpdatedDateTimeUtc: START,
        outcome: { deviceMethodResponse: { status: 200, payload: { done: true } } },
      },
    ],
  ]);
});

// tools ask the older job operations when they see this
test('an unknown job is not an error', async () => {
  await using rest = await startRest();
  const { status, text } = await rest.ask('GET', '/jobs/v2/nobody');
  expect([status, text]).toEqual([200, '{"jobId":"nobody","type":"unknown","status":"unknown"}']);
});

test('a job that waits can be cancelled, one that is over cannot', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/jobs/v2/later', { body: { ...twinJob, jobId: 'later', startTime: '2026-01-02T00:00:00Z' } });
  const headers = { 'content-length': '0', 'content-type': 'application/json; charset=utf-8' };
  expect(await rest.ask('POST', '/jobs/v2/later/cancel', { headers })).toMatchObject({
    status: 200,
    body: { jobId: 'later', type: 'scheduleUpdateTwin', status: 'cancelled' },
  });
  await rest.ask('PUT', '/jobs/v2/job02', { body: twinJob });
  rest.clock.settle();
  expect(await codeOf(rest.ask('POST', '/jobs/v2/job02/cancel'))).toEqual([405, 'OperationNotAllowedInCurrentState']);
  expect(await codeOf(rest.ask('POST', '/jobs/v2/nobody/cancel'))).toEqual([404, 'JobNotFound']);
});

test('jobs are listed in pages that headers or the query ask for', async () => {
  await using rest = await startRest();
  for (const jobId of ['a', 'b', 'c']) await rest.ask('PUT', `/jobs/v2/${jobId}`, { body: { ...twinJob, jobId } });
  await rest.ask('PUT', '/jobs/v2/m', { body: { ...methodJob, jobId: 'm' } });
  rest.clock.settle();
  const ids = (body: unknown) => (body as { jobId: string }[]).map(({ jobId }) => jobId);

  // azure-iothub
  const path = '/jobs/v2/query?jobStatus=completed&jobType=scheduleUpdateTwin';
  const first = await rest.ask('GET', path, { headers: { 'x-ms-max-item-count': '2' } });
  const continuation = String(first.headers['x-ms-continuation']);
  expect([first.status, first.headers['x-ms-item-type'], ids(first.body)]).toEqual([200, 'JobResponse', ['a', 'b']]);
  const next = { 'x-ms-max-item-count': '2', 'x-ms-continuation': continuation };
  const second = await rest.ask('GET', path, { headers: next });
  expect([ids(second.body), 'x-ms-continuation' in second.headers]).toEqual([['c'], false]);

  // the service's own documentation, and C#'s spelling
  const token = encodeURIComponent(continuation);
  const documented = `/jobs/v2/query?jobType=ScheduleUpdateTwin&jobStatus=Completed&pageSize=2&continuationToken=${token}`;
  expect(ids((await rest.ask('GET', documented)).body)).toEqual(['c']);
  expect(ids((await rest.ask('GET', '/jobs/v2/query')).body)).toEqual(['a', 'b', 'c', 'm']);
  for (const wrong of ['pageSize=many', 'pageSize=-1', 'continuationToken=foreign'])
    expect(await codeOf(rest.ask('GET', `/jobs/v2/query?${wrong}`))).toEqual([400, 'ArgumentInvalid']);
});

test('a job is refused as the hub refuses it', async () => {
  await using rest = await startRest();
  const { etag: _, ...withoutEtag } = twinJob.updateTwin;
  const text = (await rest.ask('PUT', '/jobs/v2/job02', { body: { ...twinJob, updateTwin: withoutEtag } })).body;
  expect(text).toMatchObject({
    Message:
      "ErrorCode:ArgumentInvalid;Missing or invalid etag for job type ScheduleUpdateTwin. ScheduleUpdateTwin job type is a force update, which only accepts '*' as the Etag.",
  });
  expect(await codeOf(rest.ask('PUT', '/jobs/v2/Job_02', { body: { ...twinJob, jobId: 'Job_02' } }))).toEqual([
    400,
    'ArgumentInvalid',
  ]);
  expect((await rest.ask('PUT', '/jobs/v2/job02', { body: { ...twinJob, type: 'export' } })).body).toMatchObject({
    Message: 'ErrorCode:GenericBadRequest;BadRequest',
  });
  expect((await rest.ask('PUT', '/jobs/v2/job02', { body: twinJob })).status).toBe(200);
  expect(await codeOf(rest.ask('PUT', '/jobs/v2/job02', { body: twinJob }))).toEqual([409, 'JobAlreadyExists']);
});

test('a condition that cannot be read fails the job later', async () => {
  await using rest = await startRest();
  const body = { ...twinJob, queryCondition: 'tags.a = = 1' };
  expect((await rest.ask('PUT', '/jobs/v2/job02', { body })).status).toBe(200);
  rest.clock.settle();
  expect((await rest.ask('GET', '/jobs/v2/job02')).body).toMatchObject({ status: 'failed' });
});

// https://github.com/Azure/azure-iot-sdk-java, JobClientUpdateTwinSample.java, and
// https://github.com/Azure-Samples/azure-iot-samples-csharp, JobsSample.cs
test.each(['DHCMD', 'JOBSAMPLE'])('an id of a sample, %s and a UUID, is taken with a word of doubt', async (start) => {
  await using rest = await startRest();
  const jobId = `${start}0f8fad5b-d9cb-469f-a165-70867728950e`;
  const { status, body } = await rest.ask('PUT', `/jobs/v2/${jobId}`, { body: { ...twinJob, jobId } });
  expect([status, body]).toEqual([200, { jobId, type: 'scheduleUpdateTwin', status: 'queued' }]);
  expect(rest.lines.map(({ text, fields }) => [text, fields.cause])).toEqual([
    ['Accepted a request with doubt', `a hub in Azure may refuse the capitals in the job id ${jobId}`],
  ]);
});
