import { expect, test } from 'vitest';
import { shorten, visible, visibleLines } from './visible.ts';

test('control characters and marks of direction become visible', () => {
  expect(visible('a\u0000b\u202egnp.exe\u200f')).toBe('a\\u0000b\\u202egnp.exe\\u200f');
  expect(visible('line\nbreak')).toBe('line\\u000abreak');
});

test('text in any script stays as it is', () => {
  for (const text of ['שלום', 'مرحبا', '温度', 'über', '🙂', '<script>alert(1)</script>'])
    expect(visible(text)).toBe(text);
});

test('blocks of text keep lines and tabs', () => {
  expect(visibleLines('{\r\n\t"a": "\u0007"\n}')).toBe('{\n\t"a": "\\u0007"\n}');
});

test('a long text is cut, with its length', () => {
  expect(shorten('x'.repeat(4096), 3)).toBe('xxx… (4,096 characters)');
  expect(shorten('abc', 3)).toBe('abc');
});
