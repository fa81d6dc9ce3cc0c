import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { installedSet } from '../../support/packages/sets.ts';
import { freshFolder } from '../../support/programs/command.ts';
import { type Compiler, compile, projectsOf } from '../../support/programs/compilers.ts';
import { installPacked } from '../../support/programs/packed.ts';

const MODULES = join(installedSet('npm', 'compilers'), 'node_modules');
const COMPILERS: readonly Compiler[] = readdirSync(MODULES)
  .filter((name) => name.startsWith('typescript-'))
  .map((name) => ({ version: name.replace('typescript-', ''), folder: join(MODULES, name) }));

const consumer = freshFolder();
beforeAll(() => void installPacked(consumer, ['@types/node', 'undici-types']));

test('the compilers are those from 5.4 on', () => {
  expect(COMPILERS.map(({ version }) => version)).toEqual(['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0']);
});

test.concurrent.each(COMPILERS)(
  'TypeScript $version compiles a project with each way to find packages',
  async (compiler) => {
    expect(await compile(compiler, projectsOf(compiler), consumer)).toBe('');
  },
);
