import { expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { exportFleet, importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { ROUTING_SOURCES } from '../../../protocol/routing.ts';
import { newHub, newSession } from '../../support/hub/hub.ts';

/** A hub that routes everything to `events`. */
const newWorld = () => {
  const world = newHub({ partitions: 1, hostName: 'contoso.azure-devices.net' });
  const { hub } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.router.replace({
    routes: ROUTING_SOURCES.map((source) => ({ name: source, source, endpointNames: ['events'] })),
  });
  return world;
};

const heard = (hub: Hub) =>
  hub.stream.read({ eventHub: 'events', partition: 0 }, 0, 100).map(({ message: { body, properties, system } }) => ({
    body: JSON.parse(new TextDecoder().decode(body)),
    properties,
    system,
  }));

const kinds = (hub: Hub) => heard(hub).map(({ system, properties }) => [system.messageSource, properties.opType]);

// https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#device-twin-change-events
test('a patch of a twin is told with what changed', () => {
  const { hub } = newWorld();
  hub.twins.patch('d1', { tags: { tag1: 'new value' }, properties: { desired: { property1: 'new value' } } });
  const stamp = { $lastUpdated: '2026-01-01T00:00:00Z', $lastUpdatedVersion: 2 };
  expect(heard(hub)).toEqual([
    {
      body: {
        version: 3,
        tags: { tag1: 'new value' },
        properties: {
          desired: { property1: 'new value', $metadata: { ...stamp, property1: stamp }, $version: 2 },
        },
      },
      properties: {
        hubName: 'contoso',
        deviceId: 'd1',
        operationTimestamp: '2026-01-01T00:00:00Z',
        'iothub-message-schema': 'twinChangeNotification',
        opType: 'updateTwin',
      },
      system: {
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        correlationId: expect.stringMatching(/^[0-9a-f]{12}$/),
        userId: 'contoso',
        connectionDeviceId: 'd1',
        enqueuedTime: '2026-01-01T00:00:00Z',
        messageSource: 'twinChangeEvents',
      },
    },
  ]);
});

test('what a patch deletes is told as null, without metadata, and what it does not touch is left out', () => {
  const { hub } = newWorld();
  hub.twins.report('d1', { a: { b: 1, c: 2 }, d: 3 });
  hub.twins.report('d1', { a: { b: null, c: 4 } });
  const stamp = { $lastUpdated: '2026-01-01T00:00:00Z' };
  expect(heard(hub).at(-1)?.body).toEqual({
    version: 4,
    properties: {
      reported: { a: { b: null, c: 4 }, $metadata: { ...stamp, a: { ...stamp, c: stamp } }, $version: 3 },
    },
  });
});

test('a replaced twin is told as a whole', () => {
  const { hub } = newWorld();
  hub.twins.replace('d1', { tags: { floor: 3 }, properties: { desired: {} } });
  expect(heard(hub)).toMatchObject([
    {
      body: { deviceId: 'd1', etag: 'AAAAAAAAAAI=', version: 3, tags: { floor: 3 } },
      properties: { opType: 'replaceTwin' },
    },
  ]);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#connection-state-events
test('connections are numbered by 64 hexadecimal digits that grow', () => {
  const { hub, clock } = newWorld();
  const { session } = newSession('d1');
  hub.sessions.open(session, { resume: false });
  clock.advance(1);
  hub.sessions.close(session);
  const [first, second] = heard(hub).map(({ body }) => String(body.sequenceNumber));
  expect([first, second]).toEqual([expect.stringMatching(/^[0-9A-F]{64}$/), expect.stringMatching(/^[0-9A-F]{64}$/)]);
  expect(String(second) > String(first)).toBe(true);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#digital-twin-change-events
test('a device with a model tells its changes as a JSON patch too', () => {
  const { hub } = newWorld();
  hub.twins.announceModel('d1', 'dtmi:com:example:Thermostat;1');
  hub.twins.report('d1', { temperature: 21 });
  expect(heard(hub).find(({ system }) => system.messageSource === 'digitalTwinChangeEvents')).toMatchObject({
    body: [
      { op: 'replace', path: '/temperature', value: 21 },
      { op: 'replace', path: '/$metadata/temperature', value: { lastUpdateTime: '2026-01-01T00:00:00Z' } },
    ],
    system: { contentType: 'application/json-patch+json' },
  });
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-message-enrichments-overview#limitations
test('enrichments stamp changes of twins, but not those of digital twins', () => {
  const { hub } = newWorld();
  hub.router.replace({
    ...hub.router.routing,
    enrichments: [{ key: 'site', value: 'Oslo', endpointNames: ['events'] }],
  });
  hub.twins.announceModel('d1', 'dtmi:com:example:Thermostat;1');
  hub.twins.report('d1', { temperature: 21 });
  expect(heard(hub).map(({ system, properties }) => [system.messageSource, properties.site])).toEqual([
    ['twinChangeEvents', 'Oslo'],
    ['digitalTwinChangeEvents', undefined],
  ]);
});

// the example of https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#device-lifecycle-events
test('a new module is told as a new device is, with its id and without times', () => {
  const { hub } = newWorld();
  hub.registry.create({ deviceId: 'd1', moduleId: 'module-1' }, {});
  expect(heard(hub)).toEqual([
    {
      body: {
        deviceId: 'd1',
        moduleId: 'module-1',
        etag: 'AAAAAAAAAAE=',
        version: 2,
        properties: {
          desired: { $metadata: { $lastUpdated: '0001-01-01T00:00:00Z' }, $version: 1 },
          reported: { $metadata: { $lastUpdated: '0001-01-01T00:00:00Z' }, $version: 1 },
        },
      },
      properties: expect.objectContaining({
        deviceId: 'd1',
        moduleId: 'module-1',
        opType: 'createDeviceIdentity',
        'iothub-message-schema': 'deviceLifecycleNotification',
      }),
      system: expect.objectContaining({
        connectionDeviceId: 'd1',
        connectionModuleId: 'module-1',
        messageSource: 'deviceLifecycleEvents',
      }),
    },
  ]);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#device-lifecycle-events: the body has the tags
test('the deletion of a device is told with its tags', () => {
  const { hub } = newWorld();
  hub.twins.patch('d1', { tags: { floor: 3 } });
  hub.registry.delete({ deviceId: 'd1' }, '*');
  expect(heard(hub).at(-1)).toMatchObject({
    body: { deviceId: 'd1', etag: 'AAAAAAAAAAI=', version: 3, tags: { floor: 3 } },
    properties: { opType: 'deleteDeviceIdentity' },
  });
});

const lifecycle = 'deviceLifecycleEvents';
const twin = 'twinChangeEvents';

test.each<[string, (hub: Hub) => unknown, readonly (readonly string[])[]]>([
  ['creating a device', (hub) => hub.registry.create({ deviceId: 'd2' }, {}), [[lifecycle, 'createDeviceIdentity']]],
  [
    'creating a module',
    (hub) => hub.registry.create({ deviceId: 'd1', moduleId: 'm' }, {}),
    [[lifecycle, 'createDeviceIdentity']],
  ],
  ['deleting a device', (hub) => hub.registry.delete({ deviceId: 'd1' }, '*'), [[lifecycle, 'deleteDeviceIdentity']]],
  ['replacing an identity', (hub) => hub.registry.replace({ deviceId: 'd1' }, { status: 'disabled' }, '*'), []],
  ['patching tags', (hub) => hub.twins.patch('d1', { tags: { a: 1 } }), [[twin, 'updateTwin']]],
  ['reporting', (hub) => hub.twins.report('d1', { a: 1 }), [[twin, 'updateTwin']]],
  ['replacing a twin', (hub) => hub.twins.replace('d1', {}), [[twin, 'replaceTwin']]],
  ['a patch without changes', (hub) => hub.twins.patch('d1', {}), []],
  ['reading a twin', (hub) => hub.twins.read('d1'), []],
  [
    'a connection',
    (hub) => hub.sessions.open(newSession('d1').session, { resume: false }),
    [['deviceConnectionStateEvents', 'deviceConnected']],
  ],
  ['an import of the fleet', (hub) => importFleet(hub, exportFleet(hub), { replace: true }), []],
  ['a restore', (hub) => restoreSnapshot(hub, takeSnapshot(hub)), []],
])('%s is told by the events that are listed', (_, act, expected) => {
  const { hub } = newWorld();
  act(hub);
  expect(kinds(hub)).toEqual(expected);
});

test('a job is told at each step', () => {
  const { hub, clock } = newWorld();
  hub.jobs.create('j1', { type: 'scheduleUpdateTwin', queryCondition: "deviceId = 'none'", updateTwin: { etag: '*' } });
  clock.settle();
  clock.settle();
  const jobs = [0]
    .flatMap(() => heard(hub))
    .filter(({ system }) => system.messageSource === 'deviceJobLifecycleEvents');
  expect(jobs.at(-1)).toMatchObject({
    body: { jobId: 'j1', status: 'completed' },
    properties: { opType: 'jobCompleted' },
  });
});

test('nothing is told unless a route asks for it', () => {
  const { hub } = newWorld();
  hub.router.replace({ fallbackRoute: { isEnabled: true } });
  hub.twins.patch('d1', { tags: { a: 1 } });
  hub.registry.create({ deviceId: 'd2' }, {});
  expect(heard(hub)).toEqual([]);
});
