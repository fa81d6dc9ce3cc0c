import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { adminApiDocument } from '../compat/admin-api.ts';

test('docs/admin-api.md is what the operations say: `npm run docs` writes it again', () => {
  expect(readFileSync(new URL('../../docs/admin-api.md', import.meta.url), 'utf8')).toBe(adminApiDocument());
});
