import { expect, test } from 'vitest';
import { leavesOf, pathText, sameJson, valueAt } from '../../../protocol/json-paths.ts';
import { changesBetween, merged } from './paths.ts';

test('leaves are values at the end of a path, without what the hub adds', () => {
  expect(leavesOf({ a: { b: 1, $version: 3 }, c: [1, 2], d: {} })).toEqual([
    { path: ['a', 'b'], value: 1 },
    { path: ['c'], value: [1, 2] },
    { path: ['d'], value: {} },
  ]);
});

test('changes tell what is new, different and gone', () => {
  expect(changesBetween({ a: 1, b: { c: 2 }, d: 3 }, { a: 1, b: { c: 4 }, e: 5 })).toEqual([
    { path: ['b', 'c'], before: 2, after: 4 },
    { path: ['e'], before: undefined, after: 5 },
    { path: ['d'], before: 3, after: undefined },
  ]);
});

test('a key named __proto__ is a key like any other', () => {
  const value = JSON.parse('{"__proto__": {"x": 1}}');
  expect(leavesOf(value)).toEqual([{ path: ['__proto__', 'x'], value: 1 }]);
  expect(valueAt(value, ['__proto__', 'x'])).toBe(1);
  expect(valueAt({}, ['__proto__'])).toBeUndefined();
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language: names in brackets
test('names that a query cannot write plainly are in brackets', () => {
  expect(pathText(['configurations', 'fw 1', 'status'])).toBe('configurations.[[fw 1]].status');
});

// https://www.rfc-editor.org/rfc/rfc7396 appendix A
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j patched with %j is %j', (target, patch, result) => {
  expect(merged(target, patch)).toEqual(result);
});

test('JSON is the same whatever the order of names', () => {
  expect(sameJson({ a: [1, { b: 2 }], c: 3 }, { c: 3, a: [1, { b: 2 }] })).toBe(true);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
});
