import { expect, test } from 'vitest';
import { throttled } from '../../../emulator/servers/listener/throttled.ts';

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

test('items begin in order, a few per turn, once a turn brings no new ones', async () => {
  const begun: number[] = [];
  const add = throttled(2, (item: number) => begun.push(item));
  for (const item of [1, 2, 3]) add(item);
  await turn();
  expect(begun).toEqual([]);
  await turn();
  expect(begun).toEqual([1, 2]);
  await turn();
  expect(begun).toEqual([1, 2, 3]);
  add(4);
  await turn();
  await turn();
  expect(begun).toEqual([1, 2, 3, 4]);
});
