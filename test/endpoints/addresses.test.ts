import { expect, test } from 'vitest';
import { hostsOf, httpUrl, isLoopback, localAddress } from '../../emulator/endpoints/addresses.ts';

// https://www.rfc-editor.org/rfc/rfc6890#section-2.2: 127.0.0.0/8 and ::1 are loopback
test.each([
  'localhost',
  'LOCALHOST',
  '127.0.0.1',
  '127.255.255.254',
  '::1',
  '[::1]',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each([
  '127.evil.example',
  '127.0.0.1.evil.example',
  '127.0.0.1,0.0.0.0',
  '127.1',
  '127.0.0.256',
  'localhost.evil.example',
  '0.0.0.0',
  '::',
  '192.168.1.7',
  '[127.0.0.1',
  '',
])('%j is not', (host) => {
  expect(isLoopback(host)).toBe(false);
});

test('localhost stands for both loopback addresses in a list', () => {
  expect(hostsOf('localhost, 10.0.0.7')).toEqual(['127.0.0.1', '::1', '10.0.0.7']);
});

test('a server that listens everywhere is reached at a loopback address', () => {
  expect(['localhost', '0.0.0.0', '::', '10.0.0.7,::1'].map(localAddress)).toEqual([
    '127.0.0.1',
    '127.0.0.1',
    '127.0.0.1',
    '10.0.0.7',
  ]);
});

test('an IPv6 address has brackets in a URL', () => {
  expect([httpUrl('::1', 8088), httpUrl('0.0.0.0', 80)]).toEqual(['http://[::1]:8088', 'http://127.0.0.1:80']);
});
