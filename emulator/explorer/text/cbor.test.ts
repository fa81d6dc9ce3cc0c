import { expect, test } from 'vitest';
import { decodeCbor } from './cbor.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

// https://www.rfc-editor.org/rfc/rfc8949#appendix-A
test.each([
  ['00', 0],
  ['1903e8', 1000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['3863', -100],
  ['f93c00', 1],
  ['fa47c35000', 100_000],
  ['fb3ff199999999999a', 1.1],
  ['f5', true],
  ['f6', null],
  ['4401020304', '0x01020304'],
  ['6449455446', 'IETF'],
  ['c074323031332d30332d32315432303a30343a30305a', '2013-03-21T20:04:00Z'],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['a26161016162820203', { a: 1, b: [2, 3] }],
  ['7f657374726561646d696e67ff', 'streaming'],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
  ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
])('%s is %j', (hex, value) => {
  expect(decodeCbor(bytes(hex))).toEqual(value);
});

test('bytes that are not CBOR are refused, whatever they claim', () => {
  for (const hex of ['', '9b7fffffffffffffff', '5affffffff00', 'ff', '0000', '81'.repeat(200)])
    expect(() => decodeCbor(bytes(hex)), hex).toThrow();
});
