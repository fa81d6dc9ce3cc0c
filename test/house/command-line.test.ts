import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandLineDocument } from '../compat/command-line.ts';

test('docs/cli.md is what the commands say: `npm run docs` writes it again', () => {
  expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).toBe(commandLineDocument());
});
