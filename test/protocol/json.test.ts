import { expect, test } from 'vitest';
import { extended, isObject, type Json } from '../../protocol/json.ts';

const objectIn = (text: string) => {
  const value: Json = JSON.parse(text);
  if (!isObject(value)) throw new Error(`${text} is not an object`);
  return value;
};

test('an object gets further members after its own, and stays as it was', () => {
  const values = objectIn('{"b":1,"a":{"c":2}}');
  expect(JSON.stringify(extended(values, { $version: 3 }))).toBe('{"b":1,"a":{"c":2},"$version":3}');
  expect(JSON.stringify(values)).toBe('{"b":1,"a":{"c":2}}');
});

test('a member named __proto__ is a member like others', () => {
  const values = objectIn('{"__proto__":{"own":1},"constructor":2}');
  const whole = extended(values, { $version: 3 });
  expect(JSON.stringify(whole)).toBe('{"__proto__":{"own":1},"constructor":2,"$version":3}');
  expect(Object.getPrototypeOf(whole)).toBe(Object.prototype);
});
