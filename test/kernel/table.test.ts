import { expect, test } from 'vitest';
import { Table } from '../../emulator/kernel/table.ts';

const filled = (...keys: string[]): Table<string> => {
  const table = new Table<string>();
  for (const key of keys) table.set(key, `${key}!`);
  return table;
};

test('changes of a copy and of its original do not affect the other one', () => {
  const table = filled('a', 'b');
  const copy = table.copy();
  table.set('c', 'new');
  table.delete('a');
  copy.set('d', 'else');
  copy.set('b', 'changed');
  expect([[...table.rows()], [...copy.rows()]]).toEqual([
    ['b!', 'new'],
    ['a!', 'changed', 'else'],
  ]);
  expect([table.find('a'), table.find('d'), copy.find('a'), copy.find('c')]).toEqual([
    undefined,
    undefined,
    'a!',
    undefined,
  ]);
});

test('a table that was restored can be restored to the same moment again', () => {
  const table = filled('a', 'b');
  const moment = table.copy();
  for (let round = 0; round < 3; round++) {
    table.set('c', String(round));
    table.delete('b');
    expect([table.size, table.find('c')]).toEqual([2, String(round)]);
    table.restore(moment);
    expect([table.size, [...table.rows()], table.find('c')]).toEqual([2, ['a!', 'b!'], undefined]);
  }
});

test('a slot that was freed after a copy is used again by each of them on its own', () => {
  const table = filled('a', 'b');
  const copy = table.copy();
  table.delete('a');
  table.set('x', '1');
  expect([table.slotOf('x'), copy.slotOf('a'), table.end, copy.end]).toEqual([0, 0, 2, 2]);
});

test('rows of a mapped table are made when somebody reads them first, and once', () => {
  const made: string[] = [];
  const copy = filled('a', 'b', 'c').mapped((row) => {
    made.push(row);
    return `${row}?`;
  });
  expect([copy.size, copy.where((row) => row === 'c!'), made]).toEqual([3, ['c!?'], ['c!']]);
  copy.set('a', 'own');
  expect([[...copy.rows()], [...copy.copy().rows()], made]).toEqual([
    ['own', 'b!?', 'c!?'],
    ['own', 'b!?', 'c!?'],
    ['c!', 'a!', 'b!'],
  ]);
});

test('a mapped table can be mapped again, restored, and take the rows of another one', () => {
  const first = filled('a', 'b').mapped((row) => `${row}1`);
  const second = first.mapped((row) => `${row}2`);
  const moment = second.copy();
  const seen: unknown[] = [];
  second.watch((...change) => seen.push(change));
  second.set('a', 'own');
  second.restore(moment);
  second.restore(first);
  expect(seen).toEqual([
    [0, 'a!12', 'own'],
    [0, 'own', 'a!12'],
    [0, 'a!12', 'a!1'],
    [1, 'b!12', 'b!1'],
  ]);
  expect([[...first.rows()], [...moment.rows()], second.find('b')]).toEqual([['a!1', 'b!1'], ['a!12', 'b!12'], 'b!1']);
});

test('a view and the listener get the rows that readers get', () => {
  const table = filled('a', 'b').mapped((row) => `${row}?`);
  const [view, moment, seen] = [table.view(), table.copy(), [] as unknown[]];
  table.setListener((...change) => seen.push(change));
  table.delete('b');
  table.restore(moment);
  expect([view.at(0), view.at(1), seen]).toEqual([
    'a!?',
    'b!?',
    [
      ['b', undefined, 1, 'b!?'],
      ['b', 'b!?', 1],
    ],
  ]);
});
