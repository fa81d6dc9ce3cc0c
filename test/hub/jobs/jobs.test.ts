import { describe, expect, test } from 'vitest';
import { renderQueued } from '../../../emulator/hub/jobs/job.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { jsonTextOf } from '../../../emulator/kernel/json-text.ts';
import { refusal, START } from '../../support/hub/hub.ts';
import { counts, methodJob, newWorld, twinJob } from '../../support/hub/jobs.ts';

describe('a twin update job', () => {
  test('is taken as queued, then updates every device of its condition', () => {
    const { jobs, hub, clock, rows } = newWorld();
    expect(renderQueued(jobs.create('job02', twinJob))).toEqual({
      jobId: 'job02',
      type: 'scheduleUpdateTwin',
      status: 'queued',
    });
    clock.settle();
    expect(['d1', 'd2', 'd3'].map((id) => hub.twins.get(id).twin.desired.values)).toEqual([
      { building: '43' },
      { building: '43' },
      {},
    ]);
    expect(jobs.show('job02')).toEqual({
      jobId: 'job02',
      queryCondition: "tags.site = 'a'",
      createdTime: START,
      startTime: START,
      endTime: START,
      maxExecutionTimeInSeconds: 300,
      type: 'scheduleUpdateTwin',
      updateTwin: twinJob.updateTwin,
      status: 'completed',
      deviceJobStatistics: counts(2, { succeededCount: 2 }),
    });
    // https://learn.microsoft.com/azure/iot-hub/query-jobs
    expect(rows()[0]).toEqual({
      deviceId: 'd1',
      jobId: 'job02',
      jobType: 'scheduleUpdateTwin',
      status: 'completed',
      startTimeUtc: START,
      endTimeUtc: '2026-01-01T00:05:00Z',
      createdDateTimeUtc: START,
      lastUpdatedDateTimeUtc: START,
      outcome: { deviceMethodResponse: null },
    });
  });

  test('counts a device whose twin cannot be updated as failed, and completes', () => {
    const { jobs, clock, rows } = newWorld();
    jobs.create('job02', { ...twinJob, updateTwin: { tags: { 'a.b': 1 }, etag: '*' } });
    clock.settle();
    expect(jobs.show('job02')).toMatchObject({
      status: 'completed',
      deviceJobStatistics: counts(2, { failedCount: 2 }),
    });
    expect(rows()[0]).toMatchObject({ status: 'failed', error: { code: 'ArgumentInvalid' } });
  });

  // https://learn.microsoft.com/azure/iot-hub/schedule-jobs-dotnet: `new Twin(deviceId)` is what is sent
  test('may hold the whole twin of one device', () => {
    const { jobs, hub, clock } = newWorld();
    const updateTwin = {
      deviceId: 'd1',
      version: null,
      status: 'enabled',
      properties: { desired: { on: 1 } },
      etag: '*',
    };
    jobs.create('job02', { ...twinJob, updateTwin });
    clock.settle();
    expect(jobs.show('job02')).toMatchObject({ deviceJobStatistics: counts(2, { succeededCount: 2 }), updateTwin });
    expect(['d1', 'd2', 'd3'].map((id) => hub.twins.get(id).twin.desired.values)).toEqual([{ on: 1 }, { on: 1 }, {}]);
  });

  test('reaches modules', () => {
    const { jobs, hub, clock, rows } = newWorld();
    hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
    jobs.create('job02', { ...twinJob, queryCondition: "FROM devices.modules WHERE moduleId = 'm1'" });
    clock.settle();
    expect(hub.twins.get('d1/m1').twin.tags).toEqual({ done: true });
    expect(rows()).toMatchObject([{ deviceId: 'd1', moduleId: 'm1', status: 'completed' }]);
  });
});

describe('a method job', () => {
  test('waits for every answer, offline devices fail', () => {
    const { jobs, hub, clock, rows, connect } = newWorld();
    const [d1, d2] = [connect('d1'), connect('d2')];
    jobs.create('job01', methodJob);
    clock.settle();
    expect(d1.heard).toEqual([{ type: 'method', requestId: '1', methodName: 'lockDoor', payload: jsonTextOf(null) }]);
    expect(jobs.show('job01')).toMatchObject({
      status: 'running',
      // the bytes of `null`
      cloudToDeviceMethod: { methodName: 'lockDoor', payload: [110, 117, 108, 108], responseTimeoutInSeconds: 15 },
      deviceJobStatistics: counts(3, { runningCount: 2, failedCount: 1 }),
    });
    hub.methods.respond('d1', '1', { status: 200, payload: jsonTextOf({ locked: true }) });
    hub.sessions.close(d2.session);
    expect(jobs.show('job01')).toMatchObject({
      status: 'completed',
      deviceJobStatistics: counts(3, { succeededCount: 1, failedCount: 2 }),
    });
    expect(rows()).toMatchObject([
      { status: 'completed', outcome: { deviceMethodResponse: { status: 200, payload: { locked: true } } } },
      { status: 'failed', error: { code: 'DeviceConnectionClosedRemotely' } },
      { status: 'failed', error: { code: 'DeviceNotOnline' } },
    ]);
  });

  test('fails devices that do not answer in time', () => {
    const { jobs, hub, clock, rows, connect } = newWorld();
    connect('d1');
    const cloudToDeviceMethod = { ...methodJob.cloudToDeviceMethod, responseTimeoutInSeconds: 300 };
    jobs.create('job01', { ...methodJob, queryCondition: "deviceId = 'd1'", cloudToDeviceMethod });
    clock.advance(59_999);
    expect(jobs.find('job01')?.status).toBe('running');
    clock.advance(1);
    hub.methods.respond('d1', '1', { status: 200, payload: jsonTextOf(null) });
    expect(jobs.show('job01')).toMatchObject({
      status: 'completed',
      endTime: '2026-01-01T00:01:00Z',
      deviceJobStatistics: counts(1, { failedCount: 1 }),
    });
    expect(rows()).toMatchObject([{ status: 'failed', error: { code: 'JobRunPreconditionFailed' } }]);
  });
});

describe('the life of a job', () => {
  test('begins at its start time', () => {
    const { jobs, hub, clock } = newWorld();
    jobs.create('later', { ...twinJob, startTime: '2026-01-01T01:00:00Z' });
    clock.settle();
    expect(jobs.find('later')?.status).toBe('scheduled');
    clock.advance(3_599_999);
    expect(jobs.find('later')?.status).toBe('scheduled');
    clock.advance(1);
    expect(jobs.find('later')?.status).toBe('completed');
    expect(hub.twins.get('d1').twin.desired.values).toEqual({ building: '43' });
  });

  test('ends early when it is cancelled before it starts, not after', () => {
    const { jobs, hub, clock } = newWorld();
    jobs.create('later', { ...twinJob, startTime: '2026-01-01T01:00:00Z' });
    expect(jobs.cancel('later').status).toBe('cancelled');
    clock.advance(7_200_000);
    expect(hub.twins.get('d1').twin.desired.values).toEqual({});
    jobs.create('now', twinJob);
    clock.settle();
    expect(refusal(() => jobs.cancel('now'))).toMatchObject({ code: 'OperationNotAllowedInCurrentState', status: 405 });
    expect(refusal(() => jobs.cancel('nobody'))).toMatchObject({ code: 'JobNotFound', status: 404 });
  });

  test('fails later when its condition cannot be read', () => {
    const { jobs, clock } = newWorld();
    expect(jobs.create('bad', { ...twinJob, queryCondition: 'tags.environment ==' }).status).toBe('queued');
    clock.settle();
    expect(jobs.show('bad')).toMatchObject({ status: 'failed' });
  });

  // the first text is quoted in https://github.com/Azure/azure-iot-sdk-csharp/issues/40
  test.each([
    ['SELECT * FROM devices', "1:29 Unexpected character at input 'SELECT'"],
    ["deviceId = 'd1'\n  AND and", "2:7 Unexpected character at input 'and'"],
    ['tags.a =', "1:37 Unexpected character at input '<EOF>'"],
    ['FROM devices.modules WHERE !', "1:37 Unexpected character at input '!'"],
  ])('fails by the condition %j with line and column', (queryCondition, position) => {
    const { jobs, clock } = newWorld();
    jobs.create('bad', { ...twinJob, queryCondition });
    clock.settle();
    expect(jobs.show('bad')).toMatchObject({
      status: 'failed',
      failureReason: `SQL query parse failed due to following errors: \n\tLine ${position}`,
    });
  });

  test('leaves its record for thirty days', () => {
    const { jobs, clock, rows } = newWorld();
    jobs.create('job02', twinJob);
    clock.advance(30 * 86_400_000 - 1);
    expect([jobs.find('job02')?.status, rows().length]).toEqual(['completed', 2]);
    clock.advance(1);
    expect([jobs.find('job02'), rows().length]).toEqual([undefined, 0]);
    expect(jobs.show('job02')).toEqual({ jobId: 'job02', type: 'unknown', status: 'unknown' });
  });

  test('survives a snapshot in the middle of its devices', () => {
    const { jobs, hub, clock } = newWorld();
    for (let i = 0; i < 2500; i++) hub.registry.create({ deviceId: `x${i}` }, {});
    const empty = takeSnapshot(hub);
    jobs.create('all', { ...twinJob, queryCondition: '*' });
    const queued = takeSnapshot(hub);
    clock.settle();
    const statistics = counts(2503, { succeededCount: 2503 });
    expect(jobs.show('all')).toMatchObject({ status: 'completed', deviceJobStatistics: statistics });
    restoreSnapshot(hub, empty);
    expect([jobs.find('all'), jobs.rows.size]).toEqual([undefined, 0]);
    restoreSnapshot(hub, queued);
    expect(hub.twins.get('x2499').twin.desired.values).toEqual({});
    clock.settle();
    expect(jobs.show('all')).toMatchObject({ status: 'completed', deviceJobStatistics: statistics });
    expect(hub.twins.get('x2499').twin.desired.values).toEqual({ building: '43' });
  });
});

test('jobs are listed by type and status, in pages', () => {
  const { jobs, clock } = newWorld();
  jobs.create('a', twinJob);
  jobs.create('b', methodJob);
  jobs.create('c', twinJob);
  clock.settle();
  jobs.create('d', { ...twinJob, startTime: '2026-01-02T00:00:00Z' });
  const ids = (filter: Parameters<typeof jobs.list>[0]) => jobs.list(filter).items.map((job) => job.jobId);
  expect(ids({})).toEqual(['a', 'b', 'c', 'd']);
  expect(ids({ jobType: 'ScheduleUpdateTwin', jobStatus: 'Completed' })).toEqual(['a', 'c']);
  const first = jobs.list({ jobType: 'scheduleUpdateTwin', maxItemCount: 2 });
  expect(first.items.length).toBe(2);
  const { continuation } = first;
  const second = jobs.list({ jobType: 'scheduleUpdateTwin', maxItemCount: 2, continuation });
  expect([second.items.map((job) => job.jobId), second.continuation]).toEqual([['d'], undefined]);
  expect(refusal(() => jobs.list({ continuation }))).toMatchObject({ code: 'ArgumentInvalid' });
});
