import { expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { drain } from '../../../emulator/hub/query/queries.ts';
import { addDevices, newHub } from '../../support/hub/hub.ts';

const LIMITS = { rows: 3, characters: 1000 };

/** A live query, and how often it has told that there is something new. */
const follow = ({ queries }: Hub, text: string, limits = LIMITS) => {
  const told = { times: 0 };
  const live = queries.live(queries.parse(text), limits, () => told.times++);
  return { live, told, take: () => drain(live.take()) };
};

test('a live query gives its rows, then those that have changed, and places that are empty', () => {
  const { hub } = newHub();
  addDevices(hub, { d1: { hall: 1 }, d2: { hall: 2 } });
  const { take, told } = follow(hub, 'SELECT deviceId, tags.hall FROM devices WHERE tags.hall > 1');
  expect(take()).toEqual({ type: 'rows', rows: [{ at: 1, row: { deviceId: 'd2', hall: 2 } }] });
  expect(take()).toBeUndefined();
  hub.twins.patch('d1', { tags: { hall: 5 } });
  hub.twins.patch('d2', { tags: { hall: 1 } });
  expect(told.times).toBe(1);
  expect(take()).toEqual({ type: 'changes', rows: [{ at: 0, row: { deviceId: 'd1', hall: 5 } }], removed: [1] });
  hub.twins.patch('d1', { tags: { colour: 'red' } });
  expect([take(), told.times]).toEqual([undefined, 2]);
});

test('groups are counted again after a change, and told if they differ', () => {
  const { hub } = newHub();
  addDevices(hub, { d1: { hall: 1 }, d2: { hall: 2 } });
  const { take } = follow(hub, 'SELECT COUNT() AS n FROM devices WHERE tags.hall > 1');
  expect(take()).toEqual({ type: 'rows', rows: [{ at: 0, row: { n: 1 } }] });
  hub.twins.patch('d2', { tags: { hall: 3 } });
  expect(take()).toBeUndefined();
  hub.twins.patch('d1', { tags: { hall: 3 } });
  expect(take()).toEqual({ type: 'rows', rows: [{ at: 0, row: { n: 2 } }] });
});

test('a live query sees a write when queries see it', () => {
  const { hub } = newHub({ indexLag: 'manual' });
  addDevices(hub, { d1: { hall: 1 } });
  const { take, told } = follow(hub, 'SELECT deviceId FROM devices');
  expect(take()).toEqual({ type: 'rows', rows: [] });
  hub.twins.patch('d1', { tags: { hall: 2 } });
  expect([take(), told.times]).toEqual([undefined, 0]);
  hub.indexLag.release();
  expect(take()).toEqual({ type: 'changes', rows: [{ at: 0, row: { deviceId: 'd1' } }], removed: [] });
});

test('a result that gets too large ends the live query, with the reason', () => {
  const { hub } = newHub({ relations: alasqlRelations() });
  addDevices(hub, { d1: {}, d2: {}, d3: {} });
  const { take, told } = follow(hub, 'SELECT deviceId FROM devices');
  expect(take()).toMatchObject({ type: 'rows' });
  hub.registry.create({ deviceId: 'd4' }, {});
  expect(take()).toEqual({
    type: 'end',
    why: 'The result has more than 3 rows: narrow the condition, or count them.',
  });
  hub.registry.create({ deviceId: 'd5' }, {});
  expect([take(), told.times]).toEqual([undefined, 1]);
  const grouped = follow(hub, 'SELECT deviceId, COUNT() AS n FROM devices GROUP BY deviceId', { ...LIMITS, rows: 4 });
  expect(grouped.take()).toMatchObject({ type: 'end' });
  expect(follow(hub, 'SELECT * FROM devices', { ...LIMITS, rows: 9 }).take()).toEqual({
    type: 'end',
    why: 'The result has more than 1000 characters: select fewer properties.',
  });
});

test('a live query that is closed follows nothing', () => {
  const { hub } = newHub();
  const { live, take, told } = follow(hub, 'SELECT deviceId FROM devices');
  take();
  live.close();
  hub.registry.create({ deviceId: 'd1' }, {});
  expect([take(), told.times]).toEqual([undefined, 0]);
});
