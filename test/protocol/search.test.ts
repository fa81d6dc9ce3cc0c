import { expect, test } from 'vitest';
import { like, parseSearch } from '../../protocol/search.ts';

test('a search has fields, words, quoted texts and exceptions', () => {
  expect(parseSearch('status:4xx -device:gateway* "twin get" reboot')).toEqual([
    { field: 'status', text: '4xx', isNot: false },
    { field: 'device', text: 'gateway*', isNot: true },
    { field: undefined, text: 'twin get', isNot: false },
    { field: undefined, text: 'reboot', isNot: false },
  ]);
});

test('a star stands for any text', () => {
  expect(like('thermostat-*', 'thermostat-07')).toBe(true);
  expect(like('*-07', 'thermostat-07')).toBe(true);
  expect(like('t*o*7', 'thermostat-07')).toBe(true);
  expect(like('thermostat', 'thermostat-07')).toBe(false);
  expect(like('a*a', 'a')).toBe(false);
});
