import { expect, test } from 'vitest';
import type { LatestVersions } from '../../../../protocol/admin/history.ts';
import { type Loaded, NOTHING, withLatest, withOlder } from './loaded.ts';

/** From the event `newest` back to `oldest`: each a version of its own. */
const versions = (newest: number, oldest: number): LatestVersions =>
  Array.from({ length: newest - oldest + 1 }, (_, n) => ({
    id: 'd1',
    version: newest - n,
    event: newest - n,
    at: '2026-01-01T00:00:00.000Z',
    by: 'program',
    what: 'changed' as const,
    changes: [],
  }));

const eventsOf = ({ versions: all }: Loaded): readonly number[] => all.map(({ event }) => event);
const events = (newest: number, oldest: number): readonly number[] =>
  versions(newest, oldest).map(({ event }) => event);

const first = withLatest(NOTHING, versions(300, 201));
const two = withOlder(first, versions(200, 101), '201/201/d1');

test('what was loaded stays when new changes come, without a gap', () => {
  expect(eventsOf(two)).toEqual(events(300, 101));
  expect(eventsOf(withLatest(two, versions(305, 206)))).toEqual(events(305, 101));
});

test('without older ones the list has the latest portion, and says that there are more', () => {
  const few = withLatest(NOTHING, versions(60, 1));
  expect(few.hasMore).toBe(false);
  const many = withLatest(withLatest(few, versions(100, 1)), versions(105, 6));
  expect([eventsOf(many), many.hasMore]).toEqual([events(105, 6), true]);
});

test('a long list keeps a thousand versions', () => {
  let long = first;
  for (let oldest = 201; oldest > -699; oldest -= 100)
    long = withOlder(long, versions(oldest - 1, oldest - 100), `${oldest}/${oldest}/d1`);
  expect([long.versions.length, long.hasMore]).toEqual([1000, true]);
  const longer = withLatest(withOlder(long, versions(-700, -709), '-699/-699/d1'), versions(305, 206));
  expect([eventsOf(longer), longer.hasMore]).toEqual([events(305, -704), true]);
});

test('there are older ones as long as the last portion was full', () => {
  expect([first.hasMore, two.hasMore]).toEqual([true, true]);
  expect(withOlder(two, [], '101/101/d1').hasMore).toBe(false);
  const ended = withOlder(two, versions(100, 61), '101/101/d1');
  expect([ended.versions.length, ended.hasMore]).toEqual([240, false]);
});

test('after a reset, a restore or an import nothing old comes back', () => {
  const empty = withLatest(two, []);
  expect(empty).toEqual(NOTHING);
  expect(eventsOf(withLatest(empty, versions(402, 402)))).toEqual([402]);
  expect(withLatest(two, versions(900, 801))).toEqual({ versions: versions(900, 801), hasMore: true });
});

test('older ones of a list that has begun again meanwhile are left out', () => {
  const again = withLatest(two, versions(402, 402));
  expect(withOlder(again, versions(100, 1), '101/101/d1')).toBe(again);
});
