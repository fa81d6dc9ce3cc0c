import { expect, test } from 'vitest';
import { ChangeFeed, type ChangeOf, keySpace } from '../../emulator/kernel/change-feed.ts';
import { StateMap } from '../../emulator/kernel/state-map.ts';
import { Table } from '../../emulator/kernel/table.ts';

type Change = ChangeOf<{ notes: string; rows: string }>;

const newFeed = () => {
  const [notes, rows] = [new StateMap<string>(), new Table<string>()];
  const failures: unknown[] = [];
  const feed = new ChangeFeed<Change>([keySpace('notes', notes), keySpace('rows', rows)], (error) =>
    failures.push(error),
  );
  const told: Change[] = [];
  return { notes, rows, feed, told, failures };
};

test('changes are published at once, in order, until the listener stops', () => {
  const { notes, rows, feed, told } = newFeed();
  notes.set('before', 'nobody listens');
  const stop = feed.listen((change) => told.push(change));
  notes.set('a', 'one');
  rows.set('r', 'row');
  notes.delete('a');
  notes.delete('a');
  stop();
  notes.set('a', 'two');
  expect(told).toEqual([
    { space: 'notes', key: 'a', value: 'one', place: 1 },
    { space: 'rows', key: 'r', value: 'row', place: 0 },
    { space: 'notes', key: 'a', value: undefined, place: undefined },
  ]);
});

test('a listener that throws changes nothing, and the next one is called', () => {
  const { notes, feed, told, failures } = newFeed();
  feed.listen(() => {
    throw new Error('disk full');
  });
  feed.listen((change) => told.push(change));
  notes.set('a', 'one');
  expect([notes.get('a'), told.length, failures]).toEqual(['one', 1, [new Error('disk full')]]);
});

test('an unknown key space is refused', () => {
  expect(() => newFeed().feed.space('nowhere')).toThrow('There is no key space nowhere');
});

test('rows keep their places in a table that is filled from another one', () => {
  const { rows, feed, told } = newFeed();
  for (const key of ['a', 'b', 'c']) rows.set(key, key);
  rows.delete('a');
  const copy = Table.of({ size: 0, find: () => undefined, entries: () => rows.entries() });
  expect([copy.slotOf('b'), copy.slotOf('c'), [...copy.rows()]]).toEqual([1, 2, ['b', 'c']]);
  feed.listen((change) => told.push(change));
  for (const table of [rows, copy]) table.set('d', 'd');
  expect([copy.slotOf('d'), told.at(-1)?.place]).toEqual([0, 0]);
});

test('a restore publishes what differs, deletions first, since a key may come back in another place', () => {
  const { notes, rows, feed, told } = newFeed();
  rows.set('a', '1');
  rows.set('b', '1');
  notes.set('x', '1');
  notes.set('y', '1');
  const [table, map] = [rows.copy(), notes.copy()];
  for (const key of ['a', 'b']) rows.delete(key);
  rows.set('b', '2');
  notes.delete('x');
  notes.set('x', '2');
  feed.listen((change) => told.push(change));
  rows.restore(table);
  notes.restore(map);
  expect(told.map(({ space, key, value, place }) => [space, key, value, place])).toEqual([
    ['rows', 'b', undefined, 0],
    ['rows', 'a', '1', 0],
    ['rows', 'b', '1', 1],
    ['notes', 'x', '1', 0],
  ]);
  expect([...notes.keys()]).toEqual(['x', 'y']);
});

test('a full copy is that of one moment, though writers go on', () => {
  const { rows, feed } = newFeed();
  for (const key of ['a', 'b', 'c']) rows.set(key, 'old');
  const copy = feed.entries();
  const [first] = [copy.next()];
  rows.set('b', 'new');
  rows.delete('c');
  rows.set('d', 'new');
  expect([first.value, ...copy].map((change) => change && [change.key, change.value])).toEqual([
    ['a', 'old'],
    ['b', 'old'],
    ['c', 'old'],
  ]);
});
