import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportFleet } from '../../emulator/hub/fleet-document.ts';
import type { Hub } from '../../emulator/hub/hub.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from '../../emulator/hub/snapshot.ts';
import { newHub, newSession, refusal } from '../support/hub.ts';

/** Something that somebody does to a hub; what it refuses is part of the run. */
type Step = (world: ReturnType<typeof newHub>) => unknown;

const device = fc.constantFrom('a', 'b', 'c', 'd');
const color = fc.constantFrom('red', 'blue');
const json = (text: object) => JSON.parse(JSON.stringify(text));

const writing: fc.Arbitrary<Step> = fc.oneof(
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

const talking: fc.Arbitrary<Step> = fc.oneof(
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
        hub.telemetry.receive(key, { body: new Uint8Array([1]), system: {}, application: {} }),
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
        hub.faults.strike({ operation: 'twin.get', protocol: 'mqtt', key }),
  ),
);

/** A device that hears everything, and answers methods if it is so minded. */
const connect = (hub: Hub, key: string, answers: boolean): void => {
  const { session } = newSession(key);
  const end = {
    ...session,
    deliver: (message: Parameters<typeof session.deliver>[0]) => {
      if (message.type !== 'method' || !answers) return;
      hub.methods.respond(key, message.requestId, { status: 200, payload: message.payload });
    },
  };
  hub.sessions.open(end, { clean: false });
  for (const feature of ['desired', 'methods'] as const) hub.sessions.subscribe(end, feature, 0);
};

/** All that a hub is, as text. */
const stateOf = ({ hub, clock }: ReturnType<typeof newHub>): string =>
  JSON.stringify([clock.now(), exportFleet(hub), { ...takeSnapshot(hub), fleet: undefined }]);

test('the same seed and the same operations give the same events, ids and state', () => {
  fc.assert(
    fc.property(fc.array(talking, { maxLength: 40 }), (steps) => {
      const run = () => {
        const world = newHub();
        const refusals = steps.map((step) => refusal(() => void step(world)));
        return { state: stateOf(world), events: JSON.stringify(world.events), refusals };
      };
      expect(run()).toEqual(run());
    }),
    { numRuns: 150 },
  );
});

test('a run that is taken up from a snapshot, at any moment, ends where it would have ended', () => {
  fc.assert(
    fc.property(
      fc.array(writing, { minLength: 4, maxLength: 40 }),
      fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
      (steps, moments) => {
        const cuts = moments.map((moment) => moment % steps.length);
        const world = newHub();
        const kept = new Map<number, { snapshot: Snapshot; at: number }>();
        steps.forEach((step, index) => {
          if (cuts.includes(index)) kept.set(index, { snapshot: takeSnapshot(world.hub), at: world.clock.now() });
          refusal(() => void step(world));
        });
        for (const [index, { snapshot, at }] of kept) {
          const later = newHub();
          later.clock.advance(at - later.clock.now());
          restoreSnapshot(later.hub, snapshot);
          for (const step of steps.slice(index)) refusal(() => void step(later));
          expect(stateOf(later)).toBe(stateOf(world));
        }
      },
    ),
    { numRuns: 100 },
  );
});
