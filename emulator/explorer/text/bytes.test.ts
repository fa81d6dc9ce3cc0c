import { expect, test } from 'vitest';
import { hexDump, kilobytes, prettyJson, toBytes } from './bytes.ts';

test('sizes are told in KB and MB', () => {
  expect([kilobytes(400), kilobytes(32_768), kilobytes(3_000_000)]).toEqual(['0.4 KB', '32 KB', '2.9 MB']);
});

test('bytes are dumped sixteen a line', () => {
  expect(hexDump(toBytes('Hello from a device'))).toBe(
    '000000  48 65 6c 6c 6f 20 66 72 6f 6d 20 61 20 64 65 76  Hello from a dev\n000010  69 63 65                                         ice',
  );
  expect(toBytes({ base64: '/wA=' })).toEqual(new Uint8Array([255, 0]));
});

test('what is not JSON stays as it is', () => {
  expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyJson('21.5 C')).toBe('21.5 C');
});
