import fc from 'fast-check';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Outcome } from '../../../emulator/hub/routing/egress.ts';
import { clearFleet, exportFleet, importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { answerEndpoints } from './egress.ts';
import { newSession } from './hub.ts';
import { device, type Step, talking } from './steps.ts';
import { uploading } from './steps-of-files.ts';
import { delivering } from './steps-of-messages.ts';

const kept = new WeakMap<Hub, Snapshot>();

const edge: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>(({ hub }) => hub.registry.create({ deviceId: 'gateway' }, { capabilities: { iotEdge: true } })),
  device.map(
    (deviceId): Step =>
      ({ hub }) =>
        hub.registry.adopt(deviceId, 'gateway'),
  ),
  fc.constant<Step>(({ hub }) =>
    hub.configurations.put('deployment', {
      targetCondition: '*',
      content: {
        modulesContent: {
          $edgeAgent: { 'properties.desired': { modules: { filter: {} } } },
          filter: { 'properties.desired.threshold': 5 },
        },
      },
    }),
  ),
);

const jobs: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom('scheduleUpdateTwin', 'scheduleDeviceMethod').map(
    (type): Step =>
      ({ hub }) =>
        hub.jobs.create(hub.ids.uuid(), {
          type,
          queryCondition: '*',
          updateTwin: { etag: '*', tags: { done: true } },
          cloudToDeviceMethod: { methodName: 'reboot', connectTimeoutInSeconds: 10 },
          maxExecutionTimeInSeconds: 60,
        }),
  ),
  fc.constant<Step>(({ clock }) => clock.settle()),
);

const whole: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>(({ hub }) => kept.set(hub, takeSnapshot(hub))),
  fc.constant<Step>(({ hub }) => restoreSnapshot(hub, kept.get(hub) ?? takeSnapshot(hub))),
  fc.constant<Step>(({ hub }) => clearFleet(hub)),
  fc.boolean().map(
    (replace): Step =>
      ({ hub }) =>
        importFleet(hub, exportFleet(hub), { replace }),
  ),
  device.map(
    (deviceId): Step =>
      ({ hub }) =>
        importFleet(hub, { devices: [{ deviceId, tags: { tag: 'red' } }] }, { replace: false }),
  ),
);

const metered: fc.Arbitrary<Step> = fc.constantFrom('telemetry', 'POST /devices/query', 'GET /devices').map(
  (operation): Step =>
    ({ hub }) => {
      hub.tiers.admit({ operation });
      hub.usage.count('twinReads', 5000);
      hub.usage.flush();
    },
);

const settings: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom('fan', 'pump'), fc.constantFrom('', 'on')).map(
    ([name, state]): Step =>
      ({ hub }) =>
        state === ''
          ? hub.deviceTemplates.delete(name)
          : hub.deviceTemplates.save(name, { title: name, telemetry: {}, reported: { state }, methods: {} }),
  ),
  fc.constant<Step>(({ hub }) => hub.faults.reset()),
  fc.constantFrom('fault-1', 'fault-2').map(
    (id): Step =>
      ({ hub }) =>
        hub.faults.remove(id),
  ),
  fc.constantFrom('immediate' as const, 'manual' as const, { ms: 5000 }).map(
    (lag): Step =>
      ({ hub }) =>
        hub.indexLag.change(lag),
  ),
  fc.constantFrom("color = 'red'", '$twin.tags.tag').map(
    (condition): Step =>
      ({ hub }) =>
        hub.router.replace({
          endpoints: { eventHubs: [{ name: 'hot' }], webhooks: [{ name: 'hook', endpointUrl: 'http://localhost' }] },
          routes: [
            { name: 'hot', source: 'DeviceMessages', condition, endpointNames: ['hot'] },
            { name: 'all', source: 'TwinChangeEvents', endpointNames: ['hot'] },
            { name: 'life', source: 'DeviceLifecycleEvents', endpointNames: ['hook'] },
            { name: 'who', source: 'DeviceConnectionStateEvents', endpointNames: ['events'] },
          ],
          fallbackRoute: { isEnabled: true },
        }),
  ),
  fc.constant<Step>(({ hub }) => hub.router.replace({})),
  fc.constantFrom<Outcome>({}, { problem: 'no' }).map(
    (outcome): Step =>
      ({ hub }) =>
        answerEndpoints(hub, outcome),
  ),
  fc.constant<Step>(({ hub }) => hub.importExports.create({ type: 'export', outputBlobContainerUri: 'https://a/b' })),
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.sessions.open(newSession(key).session, { resume: true, modelId: 'dtmi:a;1' }),
  ),
);

/** Everything that can be done to a hub, by devices, services and the people who run it. */
export const anything: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: talking },
  { weight: 3, arbitrary: delivering },
  { weight: 2, arbitrary: edge },
  { weight: 2, arbitrary: jobs },
  { weight: 2, arbitrary: settings },
  { weight: 1, arbitrary: metered },
  { weight: 1, arbitrary: uploading },
  { weight: 1, arbitrary: whole },
);
