import { hubFixtures, until } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven'], timeoutMs: 800 }));

test('a wait ends when the hub is restored to a moment that has the value', async ({ iotHub }) => {
  const oven = iotHub.device('oven');
  iotHub.hub.twins.report('oven', { a: 1 });
  const moment = iotHub.snapshot();
  iotHub.hub.twins.report('oven', { a: 2 });
  const wait = until(oven).reported('a').is(1);
  iotHub.restore(moment);
  expect(await wait).toBe(1);
});

test('a wait ends when a clock that is advanced brings the value, which is an event of its own', async ({ iotHub }) => {
  const { hub } = iotHub;
  const tagged = until(iotHub.device('oven')).tag('hall').is(4);
  hub.jobs.create('later', {
    type: 'scheduleUpdateTwin',
    queryCondition: '*',
    updateTwin: { etag: '*', tags: { hall: 4 } },
    startTime: new Date(hub.clock.now() + 60_000).toISOString(),
  });
  await iotHub.advance('1m');
  expect(await tagged).toBe(4);
  await expect(until(iotHub).emits('clock.advanced')).resolves.toMatchObject({ ms: 60_000 });
});
