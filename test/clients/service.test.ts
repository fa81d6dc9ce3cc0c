import { expect, test } from 'vitest';
import { Client, DigitalTwinClient, errors, IoTHubTokenCredentials, JobClient } from '../../clients/service/index.ts';
import { hubStub, SERVICE } from './hub-stub.ts';

test('a direct method is sent with all defaults and returns result and message', async () => {
  const { seen, dispatcher } = hubStub({ body: { status: 200, payload: 'ok' } });
  const client = Client.fromConnectionString(SERVICE, undefined, { dispatcher });
  const { result, message } = await client.invokeDeviceMethod('d', { methodName: 'reboot' });
  expect([result, message.statusCode]).toEqual([{ status: 200, payload: 'ok' }, 200]);
  // azure-iothub 1.16.6, device_method.js
  expect(seen).toMatchObject([
    {
      line: 'POST /twins/d/methods?api-version=2021-04-12',
      body: { methodName: 'reboot', responseTimeoutInSeconds: 30, connectTimeoutInSeconds: 0, payload: null },
    },
  ]);
});

test('a call of a module’s method accepts a callback as last argument', async () => {
  const { seen, dispatcher } = hubStub({ body: { status: 5, payload: null } });
  const client = Client.fromConnectionString(SERVICE, undefined, { dispatcher });
  const outcome = await new Promise((resolve) => {
    client.invokeDeviceMethod('d', 'm', { methodName: 'x', payload: 0 }, (error, result) => resolve([error, result]));
  });
  expect(outcome).toEqual([null, { status: 5, payload: null }]);
  expect(seen).toMatchObject([
    { line: 'POST /twins/d/modules/m/methods?api-version=2021-04-12', body: { payload: 0 } },
  ]);
});

test('a call to a busy hub is retried until the policy gives up', async () => {
  const { dispatcher } = hubStub({ status: 503, body: 'busy' }, { body: { status: 200, payload: 1 } });
  const client = Client.fromConnectionString(SERVICE, undefined, { dispatcher });
  const tries: number[] = [];
  client.setRetryPolicy({
    shouldRetry: (error) => error instanceof errors.ServiceUnavailableError,
    nextRetryTimeout: (count) => {
      tries.push(count);
      return 0;
    },
  });
  const { result } = await client.invokeDeviceMethod('d', { methodName: 'x' });
  expect([result, tries]).toEqual([{ status: 200, payload: 1 }, [1]]);
});

test('a policy without its two methods is rejected', () => {
  const client = Client.fromConnectionString(SERVICE);
  // @ts-expect-error: JavaScript programs can pass this
  expect(() => client.setRetryPolicy({})).toThrow(errors.ArgumentError);
});

test('a scheduled twin update contains its start time and its condition', async () => {
  const { seen, dispatcher } = hubStub({ body: { jobId: 'j', status: 'queued' } });
  const jobs = JobClient.fromConnectionString(SERVICE, { dispatcher });
  const start = new Date('2026-01-01T00:00:00Z');
  const { jobStatus, response } = await jobs.scheduleTwinUpdate(
    'j',
    "tags.a = '1'",
    { etag: '*', tags: {} },
    start,
    60,
  );
  expect([jobStatus, response.statusCode]).toEqual([{ jobId: 'j', status: 'queued' }, 200]);
  expect(seen).toMatchObject([
    {
      line: 'PUT /jobs/v2/j?api-version=2021-04-12',
      body: {
        jobId: 'j',
        type: 'scheduleUpdateTwin',
        updateTwin: { etag: '*', tags: {} },
        queryCondition: "tags.a = '1'",
        startTime: '2026-01-01T00:00:00.000Z',
        maxExecutionTimeInSeconds: 60,
      },
    },
  ]);
});

test('jobs are listed by status and type', async () => {
  const { seen, dispatcher } = hubStub({ body: [] });
  const jobs = JobClient.fromConnectionString(SERVICE, { dispatcher });
  await jobs.createQuery('scheduleDeviceMethod', 'running', 3).next();
  expect(seen).toMatchObject([
    {
      line: 'GET /jobs/v2/query?api-version=2021-04-12&jobStatus=running&jobType=scheduleDeviceMethod',
      headers: { 'x-ms-max-item-count': '3' },
    },
  ]);
});

test('a digital twin comes with its etag', async () => {
  const headers = { 'content-type': 'application/json', etag: '"1"' };
  const { seen, dispatcher } = hubStub({ body: { $dtId: 'd' }, headers });
  const client = new DigitalTwinClient(new IoTHubTokenCredentials(SERVICE), { dispatcher });
  const twin = await client.getDigitalTwin('d');
  expect([twin.$dtId, twin.eTag, twin._response.status]).toEqual(['d', '"1"', 200]);
  expect(JSON.stringify(twin)).toBe('{"$dtId":"d"}');
  expect(seen[0]?.line).toBe('GET /digitaltwins/d?api-version=2021-04-12');
});

// azure-iothub 1.16.6: models/index.d.ts, DigitalTwinInvokeRootLevelCommandResponse
test.each([{ done: true }, 'done', 7, null, [1]])('the response of a command is in the body: %j', async (payload) => {
  const headers = { 'content-type': 'application/json', 'x-ms-command-statuscode': '203', 'x-ms-request-id': 'r1' };
  const { seen, dispatcher } = hubStub({ body: JSON.stringify(payload), headers });
  const client = new DigitalTwinClient(new IoTHubTokenCredentials(SERVICE), { dispatcher });
  const answer = await client.invokeComponentCommand('d', 'valve', 'open', 5, { responseTimeoutInSeconds: 9 });
  expect({ ...answer }).toEqual({ xMsCommandStatuscode: 203, xMsRequestId: 'r1', body: payload });
  expect(seen).toMatchObject([
    {
      line: 'POST /digitaltwins/d/components/valve/commands/open?api-version=2021-04-12&responseTimeoutInSeconds=9',
      body: 5,
    },
  ]);
});

test('an error of a digital twin request has the status of the response', async () => {
  const { dispatcher } = hubStub({
    status: 404,
    body: { Message: 'ErrorCode:DeviceNotFound;d', ExceptionMessage: '' },
  });
  const client = new DigitalTwinClient(new IoTHubTokenCredentials(SERVICE), { dispatcher });
  await expect(client.invokeCommand('d', 'reboot', null)).rejects.toMatchObject({
    name: 'DeviceNotFoundError',
    statusCode: 404,
  });
});
