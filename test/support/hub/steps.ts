import fc from 'fast-check';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { type newHub, newSession } from './hub.ts';

/** An operation on a hub; what the hub refuses is part of the run. */
export type Step = (world: ReturnType<typeof newHub>) => unknown;

export const device = fc.constantFrom('a', 'b', 'c', 'd');
const color = fc.constantFrom('red', 'blue');
const json = (text: object) => JSON.parse(JSON.stringify(text));

/** What services and devices without a connection do. */
export const writing: fc.Arbitrary<Step> = fc.oneof(
  device.map(
    (deviceId): Step =>
      ({ hub }) =>
        hub.registry.create({ deviceId }, {}),
  ),
  device.map(
    (deviceId): Step =>
      ({ hub }) =>
        hub.registry.create({ deviceId, moduleId: 'm' }, {}),
  ),
  device.map(
    (deviceId): Step =>
      ({ hub }) =>
        hub.registry.delete({ deviceId }, '*'),
  ),
  device.map(
    (deviceId): Step =>
      ({ hub }) =>
        hub.registry.regenerateKeys(deviceId, 'both'),
  ),
  fc.tuple(device, color).map(
    ([id, tag]): Step =>
      ({ hub }) =>
        hub.twins.patch(id, { tags: { tag } }),
  ),
  fc.tuple(device, fc.integer()).map(
    ([id, n]): Step =>
      ({ hub }) =>
        hub.twins.report(id, { n }),
  ),
  fc.tuple(device, fc.integer()).map(
    ([id, n]): Step =>
      ({ hub }) =>
        hub.twins.patch(id, { properties: { desired: { n } } }),
  ),
  fc.integer({ min: 1, max: 9 }).map(
    (hours): Step =>
      ({ clock }) =>
        clock.advance(hours * 3_600_000),
  ),
  fc.tuple(fc.constantFrom('j1', 'j2', 'j3'), color, fc.integer({ min: 0, max: 12 })).map(
    ([jobId, tag, hours]): Step =>
      ({ hub, clock }) =>
        hub.jobs.create(
          jobId,
          json({
            type: 'scheduleUpdateTwin',
            queryCondition: `tags.tag = '${tag}'`,
            updateTwin: { etag: '*', tags: { job: jobId } },
            startTime: new Date(clock.now() + hours * 3_600_000).toISOString(),
            maxExecutionTimeInSeconds: 600,
          }),
        ),
  ),
  fc.tuple(fc.constantFrom('c1', 'c2'), color, fc.integer({ min: 0, max: 9 })).map(
    ([id, tag, priority]): Step =>
      ({ hub }) =>
        hub.configurations.put(
          id,
          json({
            id,
            priority,
            targetCondition: `tags.tag = '${tag}'`,
            content: { deviceContent: { 'properties.desired.by': { id } } },
          }),
        ),
  ),
  fc.constantFrom('c1', 'c2').map(
    (id): Step =>
      ({ hub }) =>
        hub.configurations.delete(id, '*'),
  ),
);

/** The same, with connections, methods and faults. */
export const talking: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: writing },
  fc.tuple(device, fc.boolean()).map(
    ([key, answers]): Step =>
      ({ hub }) =>
        connect(hub, key, answers),
  ),
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.sessions.drop(key, 'requested'),
  ),
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.telemetry.receive(key, { body: new Uint8Array([1]), system: {}, properties: {} }),
  ),
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.methods.call(key, hub.methods.read({ methodName: 'blink', responseTimeoutInSeconds: 30 }), () => {}),
  ),
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (probability): Step =>
      ({ hub }) =>
        hub.faults.add({ match: { probability }, effect: { type: 'drop' } }),
  ),
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.before({ type: 'twin.get', protocol: 'mqtt', key }),
  ),
);

/** Connects a device that listens to everything, and answers methods if `answers`. */
const connect = (hub: Hub, key: string, answers: boolean): void => {
  const { session } = newSession(key);
  const end = {
    ...session,
    deliver: (message: Parameters<typeof session.deliver>[0]) => {
      if (message.type !== 'method' || !answers) return;
      hub.methods.respond(key, message.requestId, { status: 200, payload: message.payload });
    },
  };
  hub.sessions.open(end, { resume: true });
  for (const capability of ['desired', 'methods'] as const) hub.sessions.subscribe(end, capability, 0);
};
