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
