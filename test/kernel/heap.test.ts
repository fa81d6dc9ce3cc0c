import { expect, test } from 'vitest';
import { Heap } from '../../emulator/kernel/heap.ts';

test('a heap that begins with items in any order gives the least first', () => {
  for (const items of [[], [1], [2, 1], [5, 3, 9, 1, 1, 8, 0, 7], [1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0]]) {
    const heap = new Heap((a: number, b: number) => a - b, items);
    heap.push(4);
    const taken = Array.from({ length: heap.size }, () => heap.pop());
    expect(taken).toEqual([...items, 4].sort((a, b) => a - b));
  }
});
