import { expect, test } from 'vitest';
import { answerWhenKept } from '../../emulator/servers/kept.ts';
import type { HubError } from '../../protocol/errors.ts';
import { newHub } from '../support/hub/hub.ts';
import { slowStore, someTurns } from '../support/store/slow-store.ts';

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A kept hub that is writing a report, and who of those who wait for it is answered. */
const waiting = async (count: number) => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'oven' }, {});
  const slow = slowStore();
  const keeper = slow.keep(hub);
  await turn();
  slow.hold();
  hub.twins.report('oven', { celsius: 20 });
  const told: (number | string)[] = [];
  const wait = (n: number): void =>
    keeper.after(
      () => told.push(n),
      () => told.push(`${n} failed`),
    );
  for (let n = 1; n <= count; n++) wait(n);
  await turn();
  return { hub, keeper, slow, told, wait };
};

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('half of many clients are answered, then what has come is read, then the others are answered', async () => {
  const { slow, told } = await waiting(41);
  slow.release();
  while (told.length === 0) await Promise.resolve();
  expect(told).toEqual(numbers(1, 21));
  await turn();
  expect(told).toEqual(numbers(1, 41));
});

test('a few clients are answered together', async () => {
  const { slow, told } = await waiting(15);
  slow.release();
  while (told.length === 0) await Promise.resolve();
  expect(told).toEqual(numbers(1, 15));
});

test('what is written is answered before the hub closes', async () => {
  const { keeper, slow, told } = await waiting(40);
  slow.release();
  await keeper.close();
  expect(told).toEqual(numbers(1, 40));
});

test('what is written is answered so, although the next batch fails at once', async () => {
  const { hub, slow, told, wait } = await waiting(40);
  hub.twins.report('oven', { celsius: 30 });
  wait(41);
  slow.release();
  while (told.length === 0) await Promise.resolve();
  slow.store.failure = new Error('no space left on device');
  await someTurns();
  expect(told).toEqual([...numbers(1, 40), '41 failed']);
});

test('a write that is kept is not refused because the next one is, which fails before all are answered', async () => {
  const { hub, keeper, slow } = await waiting(0);
  const answers: unknown[] = [];
  const write = (celsius: number) =>
    Promise.resolve(answerWhenKept(keeper, false, () => hub.twins.report('oven', { celsius })))
      .then(() => 'kept')
      .catch((error: HubError) => error.code)
      .then((answer) => answers.push(answer));
  slow.release();
  await someTurns();
  slow.hold();
  for (const celsius of numbers(1, 40)) void write(celsius);
  await turn();
  void write(41);
  slow.release();
  while (answers.length === 0) await Promise.resolve();
  slow.store.failure = new Error('no space left on device');
  await someTurns();
  expect(answers).toEqual([...numbers(1, 40).map(() => 'kept'), 'ServiceUnavailable']);
});

test('clients of two batches that end in one turn are answered in order', async () => {
  const { hub, slow, told, wait } = await waiting(40);
  hub.twins.report('oven', { celsius: 30 });
  for (const n of numbers(41, 80)) wait(n);
  slow.release();
  await someTurns();
  expect(told).toEqual(numbers(1, 80));
});
