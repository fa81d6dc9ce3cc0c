import { expect, test } from 'vitest';
import { Lease } from '../../emulator/auth/lease.ts';
import { VirtualClock } from '../../emulator/kernel/clock.ts';

const MINUTE = 60_000;

const world = () => {
  const clock = new VirtualClock(0);
  const ends: number[] = [];
  return { clock, ends, lease: new Lease(clock, () => ends.push(clock.now() / MINUTE)) };
};

test('a lease ends with the credentials, and credentials without an end never end it', () => {
  const { clock, ends, lease } = world();
  lease.renew({ expiresAt: 5 * MINUTE });
  clock.advance(10 * MINUTE);
  lease.renew({ expiresAt: Number.POSITIVE_INFINITY });
  clock.advance(1e12);
  expect(ends).toEqual([5]);
});

test.each([
  ['later', 8],
  ['earlier', 3],
])('newer credentials that end %s decide alone', (_, end) => {
  const { clock, ends, lease } = world();
  lease.renew({ expiresAt: 5 * MINUTE });
  lease.renew({ expiresAt: end * MINUTE });
  clock.advance(10 * MINUTE);
  expect(ends).toEqual([end]);
});

test('a lease that was cancelled does not end', () => {
  const { clock, ends, lease } = world();
  lease.renew({ expiresAt: 5 * MINUTE });
  lease.cancel();
  lease.cancel();
  clock.advance(10 * MINUTE);
  expect(ends).toEqual([]);
});
