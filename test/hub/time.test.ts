import { expect, test } from 'vitest';
import { newHub, newSession, START } from '../support/hub/hub.ts';

const at = (seconds: number) => Date.parse(START) + seconds * 1000;

test('an hour runs what is due in order, each at its own time', () => {
  const { hub, clock, events } = newHub({ configurationInterval: 600_000 });
  for (const deviceId of ['on', 'off']) hub.registry.create({ deviceId }, {});
  const { session } = newSession('on');
  hub.sessions.open(session, { resume: false });
  hub.sessions.subscribe(session, 'methods', 0);
  const call = (key: string, timeouts: object) =>
    hub.methods.call(key, hub.methods.read({ methodName: 'wait', ...timeouts }), () => {});
  call('off', { connectTimeoutInSeconds: 60, responseTimeoutInSeconds: 90 });
  call('on', { responseTimeoutInSeconds: 30 });
  hub.jobs.create('later', {
    type: 'scheduleUpdateTwin',
    queryCondition: "deviceId = 'off'",
    updateTwin: { etag: '*', tags: { job: 'later' } },
    startTime: new Date(at(2400)).toISOString(),
    maxExecutionTimeInSeconds: 60,
  });
  hub.configurations.put('all', {
    id: 'all',
    targetCondition: '*',
    content: { deviceContent: { 'properties.desired.by': 'all' } },
  });
  events.length = 0;
  clock.advance(3_600_000);
  const seen = events.map(({ type, at: time, ...event }) => [
    type,
    (time - at(0)) / 1000,
    'key' in event ? event.key : '',
    'code' in event ? event.code : '',
  ]);
  expect(seen).toEqual([
    ['job.changed', 0, '', ''], // scheduled
    ['twin.updated', 5, 'on', ''],
    ['twin.updated', 5, 'off', ''],
    ['method.failed', 30, 'on', 'GatewayTimeout'],
    ['method.failed', 60, 'off', 'DeviceNotOnline'],
    ['job.changed', 2400, '', ''], // running
    ['twin.updated', 2400, 'off', ''],
    ['job.changed', 2400, '', ''], // completed
    ['clock.advanced', 3600, '', ''],
  ]);
});
