import { expect, test } from 'vitest';
import { FairTurns } from '../../../emulator/servers/fair-turns.ts';

/** Clients of which each read takes `ms` of a clock that is turned by hand. */
const world = (ms: number) => {
  let time = 0;
  let next: (() => void) | undefined;
  const read: string[] = [];
  const turns = new FairTurns(
    () => time,
    (run) => {
      next = run;
    },
  );
  const client = (name: string) => ({
    readAgain() {
      if (!turns.mayRead(this)) return;
      read.push(name);
      time += ms;
    },
  });
  return {
    /** These have bytes to read, in one turn of the event loop; returns which of them were read. */
    arrive: (...names: string[]) => {
      for (const name of names) client(name).readAgain();
      return read.splice(0);
    },
    /** The next turn; returns who was read in it. */
    turn: () => {
      const run = next;
      next = undefined;
      run?.();
      return read.splice(0);
    },
    isIdle: () => next === undefined,
  };
};

test('clients are read for two milliseconds, the others in the next turns, in order', () => {
  const { arrive, turn, isIdle } = world(0.8);
  expect(arrive('a', 'b', 'c', 'd', 'e', 'f', 'g')).toEqual(['a', 'b', 'c']);
  expect(turn()).toEqual(['d', 'e', 'f']);
  expect(turn()).toEqual(['g']);
  expect([turn(), isIdle()]).toEqual([[], true]);
});

test('who comes later does not overtake who waits', () => {
  const { arrive, turn } = world(1.2);
  expect(arrive('a', 'b', 'c')).toEqual(['a', 'b']);
  expect(arrive('late')).toEqual([]);
  expect([turn(), turn()]).toEqual([['c', 'late'], []]);
});

test('a client whose packets take longer than a slice is read nevertheless, alone', () => {
  const { arrive, turn } = world(20);
  expect(arrive('a', 'b', 'c')).toEqual(['a']);
  expect([turn(), turn(), turn()]).toEqual([['b'], ['c'], []]);
});
