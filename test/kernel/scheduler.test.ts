import { expect, test } from 'vitest';
import { VirtualClock } from '../../emulator/kernel/clock.ts';
import { Scheduler } from '../../emulator/kernel/scheduler.ts';
import { Sequences } from '../../emulator/kernel/sequences.ts';

const newScheduler = () => {
  const clock = new VirtualClock(0);
  const scheduler = new Scheduler(clock);
  const done: [number, string][] = [];
  scheduler.on('note', (key) => done.push([clock.now(), key]));
  return { clock, scheduler, done };
};

test('entries fall due at their time, those of one time in the order in which they came', () => {
  const { clock, scheduler, done } = newScheduler();
  for (const [at, key] of [
    [30, 'c'],
    [10, 'a'],
    [20, 'b1'],
    [20, 'b2'],
    [40, 'd'],
  ] as const)
    scheduler.put({ at, kind: 'note', key });
  clock.advance(35);
  expect(done).toEqual([
    [10, 'a'],
    [20, 'b1'],
    [20, 'b2'],
    [30, 'c'],
  ]);
  expect(scheduler.entries()).toEqual([{ at: 40, kind: 'note', key: 'd' }]);
});

test('a later entry replaces an earlier one of its kind and key, a removed one never comes', () => {
  const { clock, scheduler, done } = newScheduler();
  scheduler.put({ at: 10, kind: 'note', key: 'a' });
  scheduler.put({ at: 50, kind: 'note', key: 'a' });
  scheduler.put({ at: 10, kind: 'note', key: 'b' });
  scheduler.remove('note', 'b');
  clock.advance(100);
  expect(done).toEqual([[50, 'a']]);
});

test('what an action puts for now comes after what was due already', () => {
  const { clock, scheduler, done } = newScheduler();
  scheduler.on('step', (key) => {
    done.push([clock.now(), `step ${key}`]);
    if (key < '3') scheduler.put({ at: clock.now(), kind: 'step', key: String(Number(key) + 1) });
  });
  scheduler.put({ at: 5, kind: 'step', key: '1' });
  scheduler.put({ at: 5, kind: 'note', key: 'a' });
  clock.advance(5);
  expect(done.map(([, key]) => key)).toEqual(['step 1', 'a', 'step 2', 'step 3']);
});

test('ten thousand entries come in order after random replacements and removals', () => {
  const { clock, scheduler, done } = newScheduler();
  const sequences = new Sequences({ test: 7 });
  const random = (): number => sequences.random('test');
  const expected = new Map<string, number>();
  for (let i = 0; i < 30_000; i++) {
    const key = String(random() % 10_000);
    const at = random() % 1000;
    if (random() % 4 === 0) {
      scheduler.remove('note', key);
      expected.delete(key);
    } else {
      scheduler.put({ at, kind: 'note', key });
      expected.set(key, at);
    }
  }
  clock.advance(1000);
  expect(done.map(([at]) => at)).toEqual([...expected.values()].sort((a, b) => a - b));
  expect(new Map(done.map(([at, key]) => [key, at]))).toEqual(expected);
});
