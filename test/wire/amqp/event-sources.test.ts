import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { AmqpHub } from '../../support/wire/amqp-hub.ts';
import { type ExpectedEvent, heardBy, NOW, openTellingHub, whole } from '../../support/wire/telling-hub.ts';

// What a consumer of the built-in endpoint hears, and in which words:
// https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema

const NOW_MS = Date.parse(NOW);

let world: AmqpHub;
beforeEach(async () => {
  world = await openTellingHub();
});
afterEach(() => world[Symbol.asyncDispose]());

const D1 = { of: ['d1'] } as const;
const PLAIN = { of: ['plain'] } as const;
const CAM = { of: ['d1', 'cam'] } as const;
const twin = { source: 'twinChangeEvents', schema: 'twinChangeNotification', opType: 'updateTwin' };
const device = { source: 'deviceLifecycleEvents', schema: 'deviceLifecycleNotification' };
const job = { source: 'deviceJobLifecycleEvents', schema: 'jobNotification' };
const digitalTwin = {
  source: 'digitalTwinChangeEvents',
  schema: 'digitalTwinChangeNotification',
  opType: 'updateDigitalTwin',
  contentType: 'application/json-patch+json',
};

const stamp = { $lastUpdated: NOW };
const at = (version: number) => ({ ...stamp, $lastUpdatedVersion: version });
const untouched = { $metadata: stamp, $version: 1 };
const fresh = {
  etag: 'AAAAAAAAAAE=',
  version: 2,
  properties: { desired: untouched, reported: untouched },
};
const unstamped = { $metadata: { $lastUpdated: '0001-01-01T00:00:00Z' }, $version: 1 };
const created = { ...fresh, properties: { desired: unstamped, reported: unstamped } };
const rate = (value: number, version: number) => ({
  rate: value,
  $metadata: { ...at(version), rate: at(version) },
  $version: version,
});
const reportedRate = { rate: 5, $metadata: { ...stamp, rate: stamp }, $version: 2 };
const patchOf = (value: number, version: number) => [
  {
    op: 'replace',
    path: '/$metadata/rate',
    value: { desiredValue: value, desiredVersion: version, lastUpdateTime: NOW },
  },
];
const UPDATE_TWIN = { etag: '*', tags: { floor: 3 } };
const jobBody = {
  jobId: 'j1',
  queryCondition: "deviceId = 'plain'",
  createdTime: NOW,
  startTime: NOW,
  maxExecutionTimeInSeconds: 3600,
  type: 'scheduleUpdateTwin',
  updateTwin: UPDATE_TWIN,
};
const createJob = ({ jobs }: Hub, delay = 0) =>
  jobs.create('j1', {
    type: 'scheduleUpdateTwin',
    queryCondition: "deviceId = 'plain'",
    updateTwin: UPDATE_TWIN,
    ...(delay === 0 ? {} : { startTime: new Date(NOW_MS + delay).toISOString() }),
  });

const creates = (deviceId: string): ExpectedEvent => ({
  of: [deviceId],
  ...device,
  opType: 'createDeviceIdentity',
  body: { deviceId, ...created },
});

type Act = (world: AmqpHub) => unknown;

test.each<[string, Act, readonly ExpectedEvent[]]>([
  ['creating a device', ({ hub }) => hub.registry.create({ deviceId: 'new' }, {}), [creates('new')]],
  [
    'creating a module',
    ({ hub }) => hub.registry.create({ deviceId: 'd1', moduleId: 'mic' }, {}),
    [
      {
        of: ['d1', 'mic'],
        ...device,
        opType: 'createDeviceIdentity',
        body: { deviceId: 'd1', moduleId: 'mic', ...created },
      },
    ],
  ],
  [
    'creating a device in bulk, with tags',
    ({ hub }) => hub.bulk.apply([{ id: 'new', importMode: 'create', tags: { floor: 3 } }]),
    [creates('new'), { of: ['new'], ...twin, body: { version: 3, tags: { floor: 3 } } }],
  ],
  [
    'deleting a module',
    ({ hub }) => hub.registry.delete({ deviceId: 'd1', moduleId: 'cam' }, '*'),
    [{ ...CAM, ...device, opType: 'deleteDeviceIdentity', body: { deviceId: 'd1', moduleId: 'cam', ...fresh } }],
  ],
  [
    'deleting a device and its modules',
    ({ hub }) => hub.registry.delete({ deviceId: 'd1' }, '*'),
    [
      { ...CAM, ...device, opType: 'deleteDeviceIdentity', body: { deviceId: 'd1', moduleId: 'cam', ...fresh } },
      { ...D1, ...device, opType: 'deleteDeviceIdentity', body: { deviceId: 'd1', ...fresh } },
    ],
  ],
  [
    'patching tags',
    ({ hub }) => hub.twins.patch('d1', { tags: { floor: 3, wing: null } }),
    [{ ...D1, ...twin, body: { version: 3, tags: { floor: 3, wing: null } } }],
  ],
  [
    'patching desired properties',
    ({ hub }) => hub.twins.patch('d1', { properties: { desired: { rate: 5 } } }),
    [
      { ...D1, ...twin, body: { version: 3, properties: { desired: rate(5, 2) } } },
      { ...D1, ...digitalTwin, body: patchOf(5, 2) },
    ],
  ],
  [
    'patching a digital twin',
    ({ hub }) => hub.digitalTwins.patch('d1', [{ op: 'add', path: '/rate', value: 6 }]),
    [
      { ...D1, ...twin, body: { version: 3, properties: { desired: rate(6, 2) } } },
      { ...D1, ...digitalTwin, body: patchOf(6, 2) },
    ],
  ],
  [
    'reporting',
    ({ hub }) => hub.twins.report('d1', { rate: 5 }),
    [
      { ...D1, ...twin, body: { version: 3, properties: { reported: reportedRate } } },
      {
        ...D1,
        ...digitalTwin,
        body: [
          { op: 'replace', path: '/rate', value: 5 },
          { op: 'replace', path: '/$metadata/rate', value: { lastUpdateTime: NOW } },
        ],
      },
    ],
  ],
  [
    'reporting by a module',
    ({ hub }) => hub.twins.report('d1/cam', { rate: 5 }),
    [{ ...CAM, ...twin, body: { version: 3, properties: { reported: reportedRate } } }],
  ],
  [
    'replacing a twin',
    ({ hub }) => hub.twins.replace('plain', { tags: { floor: 3 }, properties: { desired: { rate: 5 } } }),
    [
      {
        ...PLAIN,
        ...twin,
        opType: 'replaceTwin',
        body: {
          deviceId: 'plain',
          etag: 'AAAAAAAAAAI=',
          version: 3,
          tags: { floor: 3 },
          properties: { desired: rate(5, 2), reported: untouched },
        },
      },
    ],
  ],
  [
    'a job that writes twins',
    ({ hub, clock }) => {
      createJob(hub);
      for (const _ of 'ab') clock.settle();
    },
    [
      { ...job, opType: 'jobUpdated', body: { ...jobBody, status: 'queued' } },
      { ...job, opType: 'jobUpdated', body: { ...jobBody, status: 'running' } },
      { ...PLAIN, ...twin, body: { version: 3, tags: { floor: 3 } } },
      {
        ...job,
        opType: 'jobCompleted',
        body: {
          ...jobBody,
          status: 'completed',
          endTime: NOW,
          deviceJobStatistics: expect.objectContaining({ deviceCount: 1, succeededCount: 1 }),
        },
      },
    ],
  ],
  [
    'cancelling a job',
    ({ hub }) => {
      createJob(hub, 3_600_000);
      hub.jobs.cancel('j1');
    },
    [
      { ...job, opType: 'jobUpdated', body: { ...jobBody, startTime: '2026-11-23T13:00:00Z', status: 'queued' } },
      {
        ...job,
        opType: 'jobCancelled',
        body: expect.objectContaining({ jobId: 'j1', status: 'cancelled' }),
      },
    ],
  ],
  [
    'an automatic configuration',
    ({ hub, clock }) => {
      hub.configurations.put('c1', {
        id: 'c1',
        schemaVersion: '1.0',
        content: { deviceContent: { 'properties.desired.rate': 5 } },
        targetCondition: "deviceId = 'plain'",
        priority: 1,
      });
      clock.settle();
    },
    [{ ...PLAIN, ...twin, body: { version: 3, properties: { desired: rate(5, 2) } } }],
  ],
])('%s is told to a consumer', async (_, act, expected) => {
  await act(world);
  expect(await heardBy(world)).toEqual(expected.map(whole));
});

test('a connection is told when it begins and when it ends, with numbers that grow', async () => {
  const client = await world.device('plain');
  await client.sender('/devices/plain/messages/events');
  const ended = new Promise((done) => {
    world.hub.events.listen(({ type }) => type === 'session.closed' && done(type));
  });
  client.vanish();
  await ended;
  const events = await heardBy(world);
  const state = (opType: string): ExpectedEvent => ({
    ...PLAIN,
    source: 'deviceConnectionStateEvents',
    schema: 'deviceConnectionStateNotification',
    opType,
    body: { sequenceNumber: expect.stringMatching(/^[0-9A-F]{64}$/) },
  });
  expect(events).toEqual([whole(state('deviceConnected')), whole(state('deviceDisconnected'))]);
  const numbers = events.map(({ body }) => (body as { sequenceNumber: string }).sequenceNumber); // compared above
  expect(numbers).toEqual([...new Set(numbers)].sort());
});
