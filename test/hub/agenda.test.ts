import { expect, test } from 'vitest';
import { Agenda } from '../../emulator/hub/agenda.ts';
import { VirtualClock } from '../../emulator/hub/clock.ts';
import { Random } from '../../emulator/hub/ids.ts';

const newAgenda = () => {
  const clock = new VirtualClock(0);
  const agenda = new Agenda(clock);
  const done: [number, string][] = [];
  agenda.on('note', (key) => done.push([clock.now(), key]));
  return { clock, agenda, done };
};

test('entries fall due at their time, those of one time in the order in which they came', () => {
  const { clock, agenda, done } = newAgenda();
  for (const [at, key] of [
    [30, 'c'],
    [10, 'a'],
    [20, 'b1'],
    [20, 'b2'],
    [40, 'd'],
  ] as const)
    agenda.put({ at, kind: 'note', key });
  clock.advance(35);
  expect(done).toEqual([
    [10, 'a'],
    [20, 'b1'],
    [20, 'b2'],
    [30, 'c'],
  ]);
  expect(agenda.entries()).toEqual([{ at: 40, kind: 'note', key: 'd' }]);
});

test('a later entry replaces an earlier one of its kind and key, a removed one never comes', () => {
  const { clock, agenda, done } = newAgenda();
  agenda.put({ at: 10, kind: 'note', key: 'a' });
  agenda.put({ at: 50, kind: 'note', key: 'a' });
  agenda.put({ at: 10, kind: 'note', key: 'b' });
  agenda.remove('note', 'b');
  clock.advance(100);
  expect(done).toEqual([[50, 'a']]);
});

test('what an action puts for now comes after what was due already', () => {
  const { clock, agenda, done } = newAgenda();
  agenda.on('step', (key) => {
    done.push([clock.now(), `step ${key}`]);
    if (key < '3') agenda.put({ at: clock.now(), kind: 'step', key: String(Number(key) + 1) });
  });
  agenda.put({ at: 5, kind: 'step', key: '1' });
  agenda.put({ at: 5, kind: 'note', key: 'a' });
  clock.advance(5);
  expect(done.map(([, key]) => key)).toEqual(['step 1', 'a', 'step 2', 'step 3']);
});

test('ten thousand entries come in order after random replacements and removals', () => {
  const { clock, agenda, done } = newAgenda();
  const random = new Random(7);
  const expected = new Map<string, number>();
  for (let i = 0; i < 30_000; i++) {
    const key = String(random.next() % 10_000);
    const at = random.next() % 1000;
    if (random.next() % 4 === 0) {
      agenda.remove('note', key);
      expected.delete(key);
    } else {
      agenda.put({ at, kind: 'note', key });
      expected.set(key, at);
    }
  }
  clock.advance(1000);
  expect(done.map(([at]) => at)).toEqual([...expected.values()].sort((a, b) => a - b));
  expect(new Map(done.map(([at, key]) => [key, at]))).toEqual(expected);
});
