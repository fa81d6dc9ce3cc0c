import { expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { tierLimits } from '../../../emulator/hub/tiers/quotas.ts';
import { THROTTLES, type ThrottleName, windowMs } from '../../../emulator/hub/tiers/throttles.ts';
import { HubError } from '../../../protocol/errors.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { readTier } from '../../../protocol/tier.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

const KB = 1024;

/** What one hub allows per second or minute: https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling */
const TABLE: Readonly<Record<string, Partial<Record<ThrottleName, number>>>> = {
  F1: {
    registry: 100,
    connections: 100,
    deviceToCloud: 100,
    cloudToDevice: 100,
    fileUploads: 100,
    httpReceives: 1000,
    methods: 160 * KB,
    queries: 20,
    twinReads: 100,
    twinUpdates: 50,
    jobs: 100,
    configurations: 20,
  },
  B1: { registry: 100, connections: 100, deviceToCloud: 100 },
  S1: {
    registry: 100,
    connections: 100,
    deviceToCloud: 100,
    cloudToDevice: 100,
    fileUploads: 100,
    httpReceives: 1000,
    methods: 160 * KB,
    queries: 20,
    twinReads: 100,
    twinUpdates: 50,
    jobs: 100,
    configurations: 20,
  },
  S1x2: {
    registry: 200,
    connections: 100,
    deviceToCloud: 100,
    cloudToDevice: 200,
    fileUploads: 200,
    httpReceives: 2000,
    methods: 320 * KB,
    queries: 40,
    twinReads: 100,
    twinUpdates: 50,
    jobs: 200,
    configurations: 40,
  },
  S1x9: { connections: 108, deviceToCloud: 108, twinReads: 100, twinUpdates: 50 },
  B2: { registry: 100, connections: 120, deviceToCloud: 120 },
  S2: {
    registry: 100,
    connections: 120,
    deviceToCloud: 120,
    cloudToDevice: 100,
    fileUploads: 100,
    httpReceives: 1000,
    methods: 480 * KB,
    queries: 20,
    twinReads: 100,
    twinUpdates: 50,
    jobs: 100,
    configurations: 20,
  },
  S2x15: { connections: 1800, twinReads: 150, twinUpdates: 75 },
  B3: { registry: 5000, connections: 6000, deviceToCloud: 6000 },
  S3: {
    registry: 5000,
    connections: 6000,
    deviceToCloud: 6000,
    cloudToDevice: 5000,
    fileUploads: 5000,
    httpReceives: 50_000,
    methods: 24 * KB * KB,
    queries: 1000,
    twinReads: 500,
    twinUpdates: 250,
    jobs: 5000,
    configurations: 20,
  },
};

/** An operation of each throttle, as servers ask for it. */
const OPERATIONS: Readonly<Partial<Record<ThrottleName, string>>> = {
  registry: 'PUT /devices/:deviceId',
  connections: 'connect',
  deviceToCloud: 'telemetry',
  cloudToDevice: 'c2d.send',
  httpReceives: 'GET /devices/:deviceId/messages/deviceBound',
  fileUploads: 'POST /devices/:deviceId/files',
  methods: 'POST /twins/:deviceId/methods',
  queries: 'POST /devices/query',
  twinReads: 'twin.get',
  twinUpdates: 'PATCH /twins/:deviceId',
  jobs: 'PUT /jobs/v2/:jobId',
  configurations: 'PUT /configurations/:id',
};

const rows = Object.entries(TABLE).flatMap(([tier, rates]) =>
  Object.entries(rates).map(([name, rate]) => [tier, name as ThrottleName, rate] as const),
);

/** Asks until the tier refuses. Returns how many operations passed at once, and how many have to wait. */
const flood = ({ tiers }: Hub, operation: string): { passed: number; waiting: number } => {
  const seen = { passed: 0, waiting: 0 };
  for (;;) {
    const wait = tiers.admit({ operation, protocol: 'rest' });
    if (wait instanceof HubError) return seen;
    if (wait === 0) seen.passed += 1;
    else seen.waiting += 1;
  }
};

test.each(rows)('%s throttles %s at the documented rate', (text, name, rate) => {
  const { hub, clock } = newHub({ tier: readTier(text) });
  const operation = OPERATIONS[name] ?? '';
  const size = THROTTLES[name].inBytes ? 4 * KB : 1;
  const inMinute = Math.floor(((rate / size) * 60_000) / windowMs(THROTTLES[name]));
  const { passed } = flood(hub, operation); // a minute's worth passes at once
  expect(passed).toBe(inMinute);
  clock.advance(60_000);
  const later = flood(hub, operation); // what waited has used up a sixth of the minute
  expect(later.passed + later.waiting).toBeGreaterThanOrEqual(inMinute - 1);
  expect(later.passed + later.waiting).toBeLessThanOrEqual(inMinute + 1);
});

test('after a restore throttles are as if nothing had passed', () => {
  const { hub } = newHub({ tier: readTier('S1') });
  const before = takeSnapshot(hub);
  while (!(hub.tiers.admit({ operation: 'twin.get' }) instanceof HubError));
  restoreSnapshot(hub, before);
  expect(flood(hub, 'twin.get').passed).toBe(6000); // 100 per second, a minute's worth at once
});

test.each([
  ['S1', 10],
  ['S2x20', 20],
  ['S3', 50],
])('a job of %s acts on %i devices a second', (text, rate) => {
  const { hub, clock } = newHub({ tier: readTier(text) });
  const devices = Array.from({ length: 3 * rate }, (_, i) => `d${i}`);
  for (const deviceId of devices) hub.registry.create({ deviceId }, {});
  const body = { type: 'scheduleUpdateTwin', queryCondition: '*', updateTwin: { etag: '*', tags: { a: 1 } } };
  hub.jobs.create('j1', { ...body, maxExecutionTimeInSeconds: 300 });
  const done = () => devices.filter((id) => hub.twins.get(id).twin.tags?.a === 1).length;
  clock.advance(0);
  expect(done()).toBe(rate);
  clock.advance(1000);
  expect(done()).toBe(2 * rate);
  clock.advance(1000);
  expect(done()).toBe(3 * rate);
  expect(hub.usage.of('jobDevices').operations).toBe(3 * rate);
});

test('operations beyond the rate wait in turn, then are refused, and pass again when the rate allows', () => {
  const { hub, clock, events } = newHub({ tier: readTier('S1') });
  const ask = () => hub.tiers.admit({ operation: 'PUT /configurations/:id', protocol: 'rest' });
  const first = Array.from({ length: 20 }, ask);
  expect(new Set(first)).toEqual(new Set([0]));
  expect([ask(), ask(), ask()]).toEqual([3000, 6000, 9000]);
  const refused = ask();
  expect(refused).toMatchObject({
    code: 'ThrottlingBacklogTimeout',
    status: 429,
    // observed on a live hub: the text of the service
    text: 'The request has been throttled. Wait 10 seconds and try again. Operation type: ConfigurationWrite',
  });
  clock.advance(3000);
  expect(ask()).toBe(9000);
  expect(events.filter(({ type }) => type.startsWith('tier.'))).toMatchObject([
    { type: 'tier.queued', operation: 'PUT /configurations/:id' },
    {
      type: 'tier.refused',
      code: 'ThrottlingBacklogTimeout',
      cause: 'S1 allows configuration operations: 20 per minute',
      remedy: 'send less, or start with more units or a larger tier: iothub-emulator usage says which',
    },
  ]);
  expect(hub.usage.of('configurations').refused).toBe(1);
});

test.each([
  ['S1', 1000],
  ['S3', 1000],
])('with %s, %i sends wait at most', (text, most) => {
  const { hub } = newHub({ tier: readTier(text) });
  expect(flood(hub, 'telemetry').waiting).toBe(most);
});

test('a clock that is set back does not block operations', () => {
  const { hub, clock } = newHub({ tier: readTier('S1') });
  flood(hub, 'telemetry');
  clock.set(clock.now() - 86_400_000);
  expect(hub.tiers.admit({ operation: 'telemetry' })).toBe(0);
});

test('devices get ThrottlingException', () => {
  const { hub } = newHub({ tier: readTier('S1') });
  let answer: number | HubError = 0;
  while (!(answer instanceof HubError))
    answer = hub.tiers.admit({ operation: 'twin.report', protocol: 'mqtt', key: 'd1' });
  expect(answer).toMatchObject({ code: 'ThrottlingException', number: 429001 });
});

test('without a tier everything passes', () => {
  const { hub } = newHub();
  for (let i = 0; i < 10_000; i++) expect(hub.tiers.admit({ operation: 'POST /devices/query' })).toBe(0);
});

test.each(['B1', 'B2', 'B3'])('%s has identities, telemetry and uploads of files only', (text) => {
  const { hub } = newHub({ tier: readTier(text) });
  const codes = Object.entries(OPERATIONS).map(([name, operation]) => {
    const answer = hub.tiers.admit({ operation });
    return [name, answer instanceof HubError ? answer.number : answer];
  });
  expect(Object.fromEntries(codes)).toEqual({
    ...{ registry: 0, connections: 0, deviceToCloud: 0, fileUploads: 0 },
    ...{ cloudToDevice: 403010, httpReceives: 403010, methods: 403010, queries: 403010, twinReads: 403010 },
    ...{ twinUpdates: 403010, jobs: 403010, configurations: 403010 },
  });
  for (const operation of [
    'POST /devices/:deviceId/files/notifications',
    'GET /messages/serviceBound/filenotifications',
  ])
    expect(hub.tiers.admit({ operation })).toBe(0);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits
test.each([
  ['F1', 'The routing is not valid: routes: there can be at most 5 in F1'],
  ['B1', 'The routing is not valid: routes: there can be at most 100 in B1'],
  [undefined, 'The routing is not valid: routes: there can be at most 100'],
])('%s has as many routes as the refusal of more says', (text, message) => {
  const tier = text === undefined ? undefined : readTier(text);
  const { hub } = newHub({ tier, limits: { ...LIMITS.azure, ...(tier && tierLimits(tier.name)) } });
  const routes = Array.from({ length: 101 }, (_, i) => ({
    ...{ name: `r${i}`, source: 'DeviceMessages' as const, endpointNames: ['events'] },
  }));
  expect(refusal(() => hub.router.replace({ routes }))).toMatchObject({ code: 'ArgumentInvalid', message });
});
