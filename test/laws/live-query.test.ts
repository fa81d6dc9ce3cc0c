import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alasqlRelations } from '../../emulator/alasql/relations.ts';
import type { Hub } from '../../emulator/hub/hub.ts';
import type { LiveUpdate } from '../../emulator/hub/query/live-query.ts';
import { drain } from '../../emulator/hub/query/queries.ts';
import { Snapshots } from '../../emulator/hub/snapshots/snapshots.ts';
import type { Json } from '../../protocol/json.ts';
import { newHub } from '../support/hub/hub.ts';
import { runs } from '../support/runs.ts';

const relations = alasqlRelations();
const IDS = ['d0', 'd1', 'd2', 'd3', 'd4'];
const QUERIES = [
  'SELECT * FROM devices',
  'SELECT * FROM devices WHERE tags.hall = 1',
  'SELECT deviceId, tags.hall FROM devices WHERE properties.reported.n > 1',
  'SELECT TOP 2 deviceId FROM devices WHERE tags.hall >= 1',
  'SELECT tags.hall, COUNT() AS n, SUM(properties.reported.n) AS sum FROM devices GROUP BY tags.hall',
  'SELECT COUNT() AS n FROM devices',
  "SELECT deviceId FROM devices WHERE deviceId = 'd1'",
  'SELECT deviceId, moduleId FROM devices.modules WHERE tags.hall = 1',
];

const id = fc.constantFrom(...IDS);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('toggle' as const), id }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('tag' as const), id, hall: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('report' as const), id, n: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('module' as const), id, hall: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('snapshot' as const, 'restore' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('hold' as const, 'release' as const) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('look' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const perform = (hub: Hub, snapshots: Snapshots, one: Step): void => {
  const { registry, twins, indexLag } = hub;
  switch (one.type) {
    case 'toggle':
      if (registry.find(one.id) === undefined) registry.create({ deviceId: one.id }, {});
      else registry.delete({ deviceId: one.id }, '*');
      break;
    case 'tag':
      if (registry.find(one.id) !== undefined) twins.patch(one.id, { tags: { hall: one.hall } });
      break;
    case 'report':
      if (registry.find(one.id) !== undefined) twins.report(one.id, { n: one.n });
      break;
    case 'module':
      if (registry.find(one.id) === undefined) break;
      if (registry.find(`${one.id}/m`) === undefined) registry.create({ deviceId: one.id, moduleId: 'm' }, {});
      twins.patch(`${one.id}/m`, { tags: { hall: one.hall } });
      break;
    case 'snapshot':
      snapshots.take('kept');
      break;
    case 'restore':
      if (snapshots.list().some(({ name }) => name === 'kept')) snapshots.restore('kept');
      break;
    case 'hold':
      indexLag.change('manual');
      break;
    case 'release':
      indexLag.change('immediate');
      break;
    default:
      break;
  }
};

/** What a reader of the stream has. */
const applied = (rows: Map<number, Json>, update: LiveUpdate | undefined): void => {
  if (update === undefined) return;
  if (update.type === 'end') throw new Error(update.why);
  if (update.type === 'rows') rows.clear();
  else for (const at of update.removed) rows.delete(at);
  for (const { at, row } of update.rows) rows.set(at, row);
};

test('the rows of a live query are those of the query, whatever happens in between', () => {
  fc.assert(
    fc.property(fc.constantFrom(...QUERIES), fc.array(step, { maxLength: 40 }), (text, steps) => {
      const { hub } = newHub({ relations });
      const snapshots = new Snapshots(hub);
      const { queries } = hub;
      const query = queries.parse(text);
      const live = queries.live(query, { rows: 100, characters: 1_000_000 }, () => {});
      const rows = new Map<number, Json>();
      for (const one of [...steps, { type: 'look' } as const]) {
        perform(hub, snapshots, one);
        if (one.type !== 'look') continue;
        applied(rows, drain(live.take()));
        const inOrder = [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
        expect(inOrder).toEqual(queries.runNow(query).items);
      }
    }),
    { numRuns: runs(500) },
  );
});

test('writes while a live query is scanned are told after it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...QUERIES), fc.array(step, { maxLength: 20 }), fc.nat(5), (text, steps, pause) => {
      const { hub } = newHub({ relations });
      const snapshots = new Snapshots(hub);
      for (let i = 0; i < 600; i++) hub.registry.create({ deviceId: `other-${i}` }, {});
      const { queries } = hub;
      const query = queries.parse(text);
      const live = queries.live(query, { rows: 1000, characters: 10_000_000 }, () => {});
      const rows = new Map<number, Json>();
      const scan = live.take();
      let next = scan.next();
      for (let i = 0; i < pause && next.done !== true; i++) next = scan.next();
      for (const one of steps) perform(hub, snapshots, one);
      applied(rows, next.done === true ? next.value : drain(scan));
      applied(rows, drain(live.take()));
      const all: Json[] = [];
      for (let page = queries.runNow(query); ; page = queries.runNow(query, { continuation: page.continuation })) {
        all.push(...page.items);
        if (page.continuation === undefined) break;
      }
      expect([...rows].sort(([a], [b]) => a - b).map(([, row]) => row)).toEqual(all);
    }),
    { numRuns: runs(60) },
  );
});
