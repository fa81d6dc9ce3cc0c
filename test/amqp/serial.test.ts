import { expect, test } from 'vitest';
import { distance, isBefore, plus } from '../../emulator/servers/amqp/engine/serial.ts';

const LAST = 2 ** 32 - 1;

test('serial numbers wrap around, RFC 1982', () => {
  expect([plus(LAST, 1), plus(5, LAST), plus(0, 0)]).toEqual([0, 4, 0]);
  expect([distance(LAST, 1), distance(1, LAST), distance(7, 7)]).toEqual([2, LAST - 1, 0]);
  expect([isBefore(1, 2), isBefore(LAST, 0), isBefore(0, LAST), isBefore(3, 3)]).toEqual([true, true, false, false]);
});
