import { expect, test } from 'vitest';
import { rowsTold, versionsJson } from '../../../emulator/hub/history/history-json.ts';
import type { Json } from '../../../protocol/json.ts';
import { newHub } from '../../support/hub/hub.ts';

/** What is kept of a device that was created, has reported twice, and was deleted: number, event, bytes and the versions. */
const kept = (): Json[] => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  for (const celsius of [20, 21]) hub.twins.report('d1', { celsius });
  hub.registry.delete({ deviceId: 'd1' }, '*');
  const list = [...hub.history.spaces[0].entries()][0]?.value;
  return JSON.parse(JSON.stringify(list && versionsJson.toJson(list))) as Json[];
};

test('a report of a row that is gone, or of none, is told as damage', () => {
  const [number = 0, event = 0, bytes = 0, created = null, first = null, second = null, deleted = null] = kept();
  const damageOf = (...versions: Json[]) => versionsJson.fromJson([number, event, bytes, ...versions]).damage;
  expect(damageOf(created, first, second, deleted)).toBeUndefined();
  expect(damageOf(created, deleted, first)).toBe('A version of a twin cannot be read.');
  expect(damageOf(first, second, deleted)).toBe('A version of a twin cannot be read.');
});

test.each([
  ['event', 1],
  ['size in the history', 3],
  ['bound of the size', 4],
  ['number of waiting messages', 5],
])('so is a report whose %s is not a number', (_, place) => {
  const [number = 0, event = 0, bytes = 0, created = null, first = null] = kept();
  const damageOf = (value: Json) =>
    versionsJson.fromJson([number, event, bytes, created, Object.assign([...(first as Json[])], { [place]: value })])
      .damage;
  expect(damageOf(1)).toBeUndefined();
  for (const value of ['1', null, true]) expect(damageOf(value)).toBe('A version of a twin cannot be read.');
});

test('such a report makes no row either', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const row = (bound: Json, pending: Json) =>
    rowsTold.apply(hub.fleet.get('d1'), {
      dropped: 0,
      added: [[{ celsius: 20 }, 2, 1_767_225_600_000, 90, bound, pending]],
    });
  expect(row(20, 0)).toMatchObject({ twin: { reported: { values: { celsius: 20 } } } });
  for (const value of ['1', null]) {
    expect(() => row(value, 0)).toThrow('A version of a twin cannot be read.');
    expect(() => row(20, value)).toThrow('A version of a twin cannot be read.');
  }
});

test.each(['x', null, true, 1e20, -1e15])('so is a report whose time is %j', (time) => {
  const [number = 0, event = 0, bytes = 0, created = null, first = null] = kept();
  const damaged = (first as Json[]).map((part, index) => (index === 2 ? time : part));
  expect(versionsJson.fromJson([number, event, bytes, created, damaged]).damage).toBe(
    'A version of a twin cannot be read.',
  );
});
