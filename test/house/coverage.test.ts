import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROUTES } from '../../emulator/servers/rest/routes/index.ts';
import { UNSUPPORTED } from '../../emulator/servers/rest/routes/unsupported.ts';
import { ERROR_CODES } from '../../protocol/errors.ts';
import { contract, inWordsOfContract } from '../compat/contract.ts';

const document = readFileSync(new URL('../../docs/coverage.md', import.meta.url), 'utf8');
const rows = [...document.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, operation, state]) => [operation, state]);

test('docs/coverage.md lists what the contract lists; `npm run docs` writes it', () => {
  const entries = [...contract.operations, ...contract.topics];
  expect(rows.map(([operation]) => operation)).toEqual(entries.map(({ operation }) => operation));
  const errors = document.slice(document.indexOf('## Errors')).match(/(?<=`)\w+(?=`)/g) ?? [];
  expect([...errors].sort()).toEqual(Object.keys(ERROR_CODES).sort());
});

test('everything in docs/coverage.md works, except what is listed as absent', () => {
  const absent = [...contract.operations, ...contract.topics].filter((entry) => entry.absent !== undefined);
  const others = rows.filter(([, state]) => state !== 'works').map(([operation]) => operation);
  expect(others).toEqual(absent.map(({ operation }) => operation));
});

test('the contract lists every route, and every operation that is known to be absent', () => {
  const inWords = (table: readonly { method: string; path: string }[]) =>
    table.map(({ method, path }) => inWordsOfContract(method, path)).sort();
  const listed = (isAbsent: boolean) =>
    contract.operations
      .filter(({ absent }) => (absent !== undefined) === isAbsent)
      .map(({ operation }) => operation)
      .sort();
  expect(listed(false)).toEqual(inWords(ROUTES));
  expect(listed(true)).toEqual(inWords(UNSUPPORTED));
});
