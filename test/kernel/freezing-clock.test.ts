import { expect, test } from 'vitest';
import { VirtualClock } from '../../emulator/kernel/clock.ts';
import { FreezingClock } from '../../emulator/kernel/freezing-clock.ts';

test('who follows a clock is told of its timers, and not of those of another one', () => {
  const machine = new VirtualClock();
  const clock = new FreezingClock(machine);
  const fired: string[] = [];
  clock.follow((run) => {
    fired.push('told');
    run();
  });
  clock.after(1000, () => fired.push('mine'));
  clock.another().after(1000, () => fired.push('of a fork'));
  machine.advance(1000);
  expect(fired).toEqual(['told', 'mine', 'of a fork']);
});
