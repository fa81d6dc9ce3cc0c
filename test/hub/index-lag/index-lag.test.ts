import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { IndexLag } from '../../../emulator/hub/index-lag/index-lag.ts';
import type { Lag } from '../../../emulator/hub/index-lag/lag.ts';
import { Executor } from '../../../emulator/hub/query/executor.ts';
import { Queries } from '../../../emulator/hub/query/queries.ts';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import type { Json } from '../../../protocol/json.ts';
import { documents } from '../../support/hub/documents.ts';
import { newBus } from '../../support/hub/hub.ts';

const fleet = (lag: Lag) => {
  const clock = new VirtualClock();
  const room = new IndexLag({ clock, events: newBus(clock), lag });
  const collection = documents('devices', []);
  const rows = room.over(collection.table);
  const queries = new Queries([new Executor({ ...collection, table: rows }, alasqlRelations())]);
  const ask = (text: string): readonly Json[] => queries.runNow(queries.parse(text)).items;
  return { clock, room, table: collection.table, ask };
};

const ALL = 'SELECT deviceId FROM devices';

test('a query sees a write at once by default', () => {
  const { table, ask } = fleet('immediate');
  table.set('d1', { deviceId: 'd1' });
  expect(ask(ALL)).toEqual([{ deviceId: 'd1' }]);
});

test('with a lag, a new device appears and a deleted one goes when the clock says so', () => {
  const { clock, table, ask } = fleet({ ms: 2000 });
  table.set('d1', { deviceId: 'd1' });
  clock.advance(1999);
  expect(ask(ALL)).toEqual([]);
  clock.advance(1);
  expect(ask(ALL)).toEqual([{ deviceId: 'd1' }]);
  table.delete('d1');
  clock.advance(1000);
  table.set('d2', { deviceId: 'd2' });
  expect(ask(ALL)).toEqual([{ deviceId: 'd1' }]);
  clock.advance(1000);
  expect(ask(ALL)).toEqual([]);
  clock.advance(1000);
  expect(ask(ALL)).toEqual([{ deviceId: 'd2' }]);
});

test('in manual mode queries stand still until they are released', () => {
  const { clock, room, table, ask } = fleet('manual');
  table.set('d1', { deviceId: 'd1', tags: { x: 1 } });
  clock.advance(3_600_000);
  expect(ask(ALL)).toEqual([]);
  room.release();
  table.set('d1', { deviceId: 'd1', tags: { x: 2 } });
  expect([room.pending, ask('SELECT COUNT() AS n FROM devices WHERE tags.x = 1')]).toEqual([1, [{ n: 1 }]]);
});

test('a wait for queries to catch up ends when they have, and not before', () => {
  const { clock, room, table } = fleet({ ms: 1000 });
  const told: string[] = [];
  room.whenCaughtUp(() => told.push('nothing to wait for'));
  table.set('d1', { deviceId: 'd1' });
  room.whenCaughtUp(() => told.push('d1'));
  clock.advance(500);
  table.set('d2', { deviceId: 'd2' });
  room.whenCaughtUp(() => told.push('d2'));
  room.whenCaughtUp(() => told.push('never'))();
  clock.advance(500);
  expect(told).toEqual(['nothing to wait for', 'd1']);
  clock.advance(500);
  expect(told).toEqual(['nothing to wait for', 'd1', 'd2']);
});

test('a change of the lag applies to writes that are held back already', () => {
  const { clock, room, table, ask } = fleet('manual');
  table.set('d1', { deviceId: 'd1' });
  clock.advance(5000);
  room.change({ ms: 6000 });
  clock.advance(999);
  expect(ask(ALL)).toEqual([]);
  clock.advance(1);
  expect(ask(ALL)).toEqual([{ deviceId: 'd1' }]);
});

test('an index under lag answers as a scan of the rows at that time', () => {
  const step = fc.tuple(fc.nat(5), fc.option(fc.nat(2), { nil: undefined }), fc.nat(300));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { clock, table, ask } = fleet({ ms: 200 });
      const history: { at: number; rows: ReadonlyMap<string, number> }[] = [{ at: clock.now(), rows: new Map() }];
      const now = new Map<string, number>();
      for (const [device, x, wait] of steps) {
        const deviceId = `d${device}`;
        if (x === undefined) table.delete(deviceId);
        else table.set(deviceId, { deviceId, tags: { x } });
        if (x === undefined) now.delete(deviceId);
        else now.set(deviceId, x);
        history.push({ at: clock.now(), rows: new Map(now) });
        clock.advance(wait);
        const seen = history.findLast(({ at }) => at <= clock.now() - 200)?.rows ?? new Map<string, number>();
        const expected = [...seen].filter(([, value]) => value === 1).map(([name]) => name);
        const items = ask('SELECT deviceId FROM devices WHERE tags.x = 1');
        expect(items.map((item) => JSON.stringify(item)).sort()).toEqual(
          expected.map((name) => JSON.stringify({ deviceId: name })).sort(),
        );
      }
    }),
    { numRuns: 100 },
  );
});
