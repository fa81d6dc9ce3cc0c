import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { beforeAll, expect, test } from 'vitest';
import { freshFolder } from '../support/programs/command.ts';
import { compile, projectsOf } from '../support/programs/compilers.ts';
import { type Installed, installPacked } from '../support/programs/packed.ts';

const TYPESCRIPT = fileURLToPath(new URL('../../node_modules/typescript', import.meta.url));

const consumer = freshFolder();
let installed: Installed;
beforeAll(() => {
  installed = installPacked(consumer, ['@types/node', 'undici-types']);
}, 120_000);

test('are-the-types-wrong finds nothing wrong', async () => {
  const checked = await checkPackage(createPackageFromTarballData(readFileSync(installed.tarball)));
  expect(checked).toMatchObject({ types: { kind: 'included' }, problems: [] });
});

test('publint has nothing to say', async () => {
  const { messages } = await publint({ pkgDir: installed.folder, level: 'suggestion', strict: true, pack: false });
  expect(messages).toEqual([]);
});

// other compilers: test/foreign/types
test('TypeScript 7 compiles a project with each way to find packages', async () => {
  const compiler = { version: '7.0', folder: TYPESCRIPT };
  expect(await compile(compiler, projectsOf(compiler), consumer)).toBe('');
});

test('the declarations take nothing from other packages', () => {
  const declarations = ['index', 'device', 'service', 'common', 'testing'].flatMap((name) => [
    `${name}.d.ts`,
    `${name}.d.cts`,
  ]);
  for (const name of declarations) {
    const text = readFileSync(join(installed.folder, 'dist', name), 'utf8');
    expect(text).toMatch(/^\/\/\/ <reference types="node" \/>\n/);
    expect(text.match(/(?:from|import) '(?!node:|\.\/)[^']+'/g)).toBeNull();
  }
});
