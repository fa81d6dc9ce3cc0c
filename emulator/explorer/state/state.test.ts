import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { Arrivals } from '../api/stream.ts';
import { createDrafts } from './drafts.ts';
import { createLiveList } from './live-list.ts';
import { createNotices } from './notices.ts';
import { createRecent } from './recent.ts';
import { createResource } from './resource.ts';

test('what is fetched while a fetch is on its way is fetched once more, however often it was asked for', async () => {
  let loads = 0;
  const resource = createResource(async () => {
    loads += 1;
    return loads;
  });
  void resource.reload();
  void resource.reload();
  await resource.reload();
  expect([loads, resource.value.value]).toEqual([2, 2]);
});

test('an error leaves the value that is known', async () => {
  let isBroken = false;
  const resource = createResource(async () => {
    if (isBroken) throw new Error('gone');
    return 1;
  });
  await resource.reload();
  isBroken = true;
  await resource.reload();
  expect([resource.value.value, resource.error.value]).toEqual([1, new Error('gone')]);
});

test('a list that is paused counts what waits', () => {
  const all = signal([1, 2, 3]);
  const list = createLiveList(
    all,
    signal((item: number) => item !== 2),
  );
  expect(list.shown.value).toEqual([3, 1]);
  list.toggle();
  all.value = [1, 2, 3, 4, 5];
  expect([list.shown.value, list.waiting.value, list.isPaused.value]).toEqual([[3, 1], 2, true]);
  list.toggle();
  expect([list.shown.value, list.waiting.value]).toEqual([[5, 4, 3, 1], 0]);
});

test('drafts are kept by hub, and an empty one is forgotten', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const drafts = createDrafts(storage, 'team7');
  drafts.write('patch/d1', '{"a": 1}');
  expect([drafts.read('patch/d1'), createDrafts(storage, 'team8').read('patch/d1')]).toEqual(['{"a": 1}', undefined]);
  drafts.write('patch/d1', '');
  expect(kept.size).toBe(0);
});

test('typing works even if the storage is full or forbidden', () => {
  const refuse = () => {
    throw new DOMException('no', 'QuotaExceededError');
  };
  const drafts = createDrafts({ getItem: refuse, setItem: refuse, removeItem: refuse }, 'h');
  drafts.write('x', 'y');
  expect(drafts.read('x')).toBeUndefined();
});

test('what succeeded is said for a while, what failed until it was read', async () => {
  const timers: (() => void)[] = [];
  const notices = createNotices((_, run) => void timers.push(run));
  expect(await notices.run(async () => {}, 'Done.')).toBe(true);
  expect(await notices.run(() => Promise.reject(new Error('No.')))).toBe(false);
  for (const run of timers) run();
  expect(notices.shown.value).toMatchObject([{ text: 'No.', isBad: true }]);
});

test('the last minute is told by second and kind', () => {
  let tell = (_: Arrivals): void => {};
  const recent = createRecent({
    listen: (listener) => {
      tell = listener;
      return () => {};
    },
  });
  const event = (type: string, second: number) => ({
    type,
    sequence: second,
    time: new Date(second * 1000).toISOString(),
  });
  tell({
    events: [event('twin.reported', 1000), event('telemetry', 1000), event('telemetry', 1001)],
    traffic: [],
    leftOut: [],
  });
  const { seconds, reports, messages } = recent.lastMinute(1_002_000);
  expect(seconds.slice(-2)).toEqual([1000, 1001]);
  expect([reports.slice(-2), messages.slice(-2)]).toEqual([
    [1, 0],
    [1, 1],
  ]);
  const time = new Date(1001_000).toISOString();
  tell({
    events: [],
    traffic: [],
    leftOut: [
      { type: 'twin.reported', count: 300, time },
      { type: 'traffic', count: 300, time: undefined },
    ],
  });
  expect(recent.lastMinute(1_002_000).reports.slice(-2)).toEqual([1, 300]);
  expect([recent.counts.value.get('twin.reported'), recent.counts.value.get('traffic')]).toEqual([301, undefined]);
  expect([...recent.leftOut.value]).toEqual([['twin.reported', 300]]);
  expect(recent.events.value).toHaveLength(3);
});

test('the latest events are kept, and no more', () => {
  let tell = (_: Arrivals): void => {};
  const recent = createRecent({
    listen: (listener) => {
      tell = listener;
      return () => {};
    },
  });
  for (let round = 0; round < 200; round++)
    tell({
      events: Array.from({ length: 100 }, (_, i) => ({
        type: 'telemetry',
        sequence: round * 100 + i,
        time: '2026-01-01T00:00:00Z',
      })),
      traffic: [],
      leftOut: [],
    });
  expect(recent.events.value.length).toBeLessThanOrEqual(7500);
  expect(recent.events.value.at(-1)?.sequence).toBe(19_999);
  expect(recent.counts.value.get('telemetry')).toBe(20_000);
});
