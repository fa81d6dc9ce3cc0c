import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dryRunConfiguration } from '../../emulator/hub/dry-run/configuration-dry-run.ts';
import { dryRunJob } from '../../emulator/hub/dry-run/job-dry-run.ts';
import type { DryRun } from '../../emulator/hub/dry-run/touched.ts';
import type { Member } from '../../emulator/hub/fleet/member.ts';
import { differences } from '../../emulator/hub/history/differences.ts';
import type { Hub } from '../../emulator/hub/hub.ts';
import { drain } from '../../emulator/hub/query/queries.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { newHub } from '../support/hub/hub.ts';
import { runs } from '../support/runs.ts';
import { patch, section } from './arbitrary.ts';

const KEYS = ['d0', 'd1', 'd2', 'd3', 'd0/m', 'd1/m'];

const condition = fc.constantFrom('*', 'tags.hall = 1', 'tags.hall = 2', 'properties.reported.on = true', '');
const moduleCondition = fc.constantFrom(
  "FROM devices.modules WHERE moduleId = 'm'",
  'FROM devices.modules WHERE tags.hall = 1',
);
const settings = fc
  .array(fc.tuple(fc.constantFrom('', '.x', '.x.y', '.z'), section), { maxLength: 3 })
  .map((pairs): JsonObject => Object.fromEntries(pairs.map(([path, value]) => [`properties.desired${path}`, value])));
const configurationOf = (ids: readonly string[], targetCondition: fc.Arbitrary<string>, kind: string) =>
  fc.record({
    id: fc.constantFrom(...ids),
    body: fc.record({
      targetCondition,
      content: settings.map((one): JsonObject => ({ [kind]: one })),
      priority: fc.nat(2),
    }),
  });
const configuration = fc.oneof(
  { weight: 3, arbitrary: configurationOf(['a', 'b', 'c'], condition, 'deviceContent') },
  { weight: 1, arbitrary: configurationOf(['m', 'n'], moduleCondition, 'moduleContent') },
);

/** A hub in which some configurations are in force already. */
const worldOf = (
  twins: readonly (readonly [key: string, tags: JsonObject, desired: JsonObject])[],
  before: readonly { readonly id: string; readonly body: JsonObject }[],
) => {
  const { hub, clock, events } = newHub();
  for (const key of KEYS) {
    const [deviceId = '', moduleId] = key.split('/');
    hub.registry.create({ deviceId, ...(moduleId === undefined ? {} : { moduleId }) }, {});
  }
  for (const [key, tags, desired] of twins) hub.twins.patch(key, { tags, properties: { desired } });
  hub.twins.report('d3', { on: true });
  for (const { id, body } of before) {
    hub.configurations.put(id, body, hub.configurations.list().some((one) => one.id === id) ? '*' : undefined);
    clock.settle();
  }
  return { hub, clock, events };
};

const rowsOf = ({ fleet }: Hub): Member[] => [...fleet.devices.rows(), ...fleet.modules.rows()];

/** What has become of the rows since then, as a dry run tells it. */
const changesSince = (before: readonly Member[], hub: Hub) =>
  before.flatMap((member) => {
    const changes = differences(member, hub.fleet.get(member.key));
    return changes.length === 0 ? [] : [{ key: member.key, changes }];
  });

const told = ({ twins }: DryRun) =>
  twins.flatMap(({ key, changes }) => (changes.length === 0 ? [] : [{ key, changes }]));

const twin = fc.tuple(fc.constantFrom(...KEYS), fc.record({ hall: fc.nat(2) }) as fc.Arbitrary<JsonObject>, section);
const world = fc.tuple(fc.array(twin, { maxLength: 6 }), fc.array(configuration, { maxLength: 3 }));

test('a dry run of a configuration changes nothing, and tells exactly what the configuration then changes', () => {
  fc.assert(
    fc.property(world, configuration, ([twins, before], { id, body }) => {
      const { hub, clock, events } = worldOf(twins, before);
      const [rows, happened] = [rowsOf(hub), events.length];
      const outcome = drain(dryRunConfiguration(hub, { id, body, most: 100 }));
      expect([rowsOf(hub), events.length]).toEqual([rows, happened]);
      hub.configurations.put(id, body, hub.configurations.list().some((one) => one.id === id) ? '*' : undefined);
      clock.settle();
      expect(told(outcome)).toEqual(changesSince(rows, hub));
      const targeted = rowsOf(hub).filter(({ twin: { configurations } }) => configurations?.[id] !== undefined);
      expect(outcome.matched).toBe(targeted.length);
    }),
    { numRuns: runs(200) },
  );
});

test('a dry run of a twin job changes nothing, and tells exactly what the job then changes', () => {
  const job = fc.record({ queryCondition: condition.filter((text) => text !== ''), desired: patch, tags: patch });
  fc.assert(
    fc.property(world, job, ([twins], { queryCondition, desired, tags }) => {
      const { hub, clock, events } = worldOf(twins, []);
      const [rows, happened] = [rowsOf(hub), events.length];
      const body = {
        type: 'scheduleUpdateTwin',
        queryCondition,
        updateTwin: { etag: '*', tags, properties: { desired } },
      };
      const outcome = drain(dryRunJob(hub, { jobId: 'j1', body, most: 100 }));
      expect([rowsOf(hub), events.length]).toEqual([rows, happened]);
      hub.jobs.create('j1', body);
      clock.settle();
      expect(told(outcome)).toEqual(changesSince(rows, hub));
      expect(hub.jobs.show('j1')).toMatchObject({
        deviceJobStatistics: { deviceCount: outcome.matched, failedCount: outcome.failed },
      });
    }),
    { numRuns: runs(200) },
  );
});
