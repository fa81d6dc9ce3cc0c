import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonErrorAt } from './json-error.ts';

test.each([
  ['{"a": }', 6],
  ['{"a": 1,}', 8],
  ['{"a" 1}', 5],
  ['[1, 2', 5],
  ['', 0],
  ['{"a": 1} x', 9],
  ["{'a': 1}", 1],
  ['{"a": 01}', 7],
  ['"a\nb"', 0],
])('%j breaks at %i', (text, at) => {
  expect(jsonErrorAt(text)).toBe(at);
});

test('whatever is JSON has no error', () => {
  fc.assert(fc.property(fc.json(), (text) => jsonErrorAt(text) === undefined));
});

test('whatever JSON.parse refuses has one', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (text, at, put) => {
      const broken = text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1);
      let isJson = true;
      try {
        JSON.parse(broken);
      } catch {
        isJson = false;
      }
      return (jsonErrorAt(broken) === undefined) === isJson;
    }),
    { numRuns: 2000 },
  );
});
