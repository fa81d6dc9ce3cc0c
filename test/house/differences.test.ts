import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NOT_CALLED } from '../foreign/node/calls.ts';

const document = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8');

test("docs/differences.md names the calls of Microsoft's SDK for Node that do not work", () => {
  const names = Object.entries(NOT_CALLED)
    .filter(([, { isForUsers }]) => isForUsers)
    .map(([call]) => call.replace(/^\S+ (?:(\w+)\.\*|\w+\.(\w+))$/, '$1$2'));
  expect(names.filter((name) => !new RegExp(`\`(?:\\w+\\.)?${name}\``).test(document))).toEqual([]);
});

test('docs/differences.md names each guess about the query language', () => {
  const guesses = readFileSync(new URL('../../emulator/hub/query/dialect.ts', import.meta.url), 'utf8');
  const names = [...guesses.matchAll(/UNCERTAIN: [^\n]*\*\/\nexport const (\w+)/g)].map(([, name]) => name);
  expect(names).toContain('TYPE_OF_MISSING');
  expect(names.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
});
