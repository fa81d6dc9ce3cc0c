import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/programs/command.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const document = readFileSync(join(ROOT, 'docs/sdks.md'), 'utf8');
const [, program = ''] = /`hello\.mjs`:\n\n```js\n([\s\S]*?)```/.exec(document) ?? [];
const [, installed = ''] = /`npm install --save-dev (typescript .*?)`/.exec(document) ?? [];

/** What the document tells TypeScript users to add. */
const ADDED = [
  ['process.env.IOTHUB_CONNECTION_STRING', 'process.env.IOTHUB_CONNECTION_STRING!'],
  ['.exec(service)[1]', '.exec(service)![1]'],
  ['authentication.symmetricKey.', 'authentication!.symmetricKey!.'],
  ['new Promise((', 'new Promise<void>(('],
  ['(error) =>', '(error: unknown) =>'],
] as const;

/** The imports of our own clients. */
const OURS = [
  ["import device from 'azure-iot-device'", "import * as device from 'iothub-emulator/device'"],
  ["import mqtt from 'azure-iot-device-mqtt'", "import * as mqtt from 'iothub-emulator/device'"],
  ["import iothub from 'azure-iothub'", "import * as iothub from 'iothub-emulator/service'"],
] as const;

/** Throws if a text to replace is missing. */
const edited = (text: string, edits: readonly (readonly [string, string])[]): string =>
  edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`The program has no ${from}`);
    return before.replace(from, to);
  }, text);

const OPTIONS =
  '--strict --noEmit --module nodenext --target es2023 --lib es2023,esnext.disposable --types node ' +
  '--exactOptionalPropertyTypes --customConditions source --allowImportingTsExtensions --ignoreConfig';

const compiled = (imports: typeof OURS | readonly [], ...options: string[]): string => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['@types', 'azure-iot-device', 'azure-iot-device-mqtt', 'azure-iothub'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  symlinkSync(ROOT, join(folder, 'node_modules/iothub-emulator'), 'junction');
  writeFileSync(join(folder, 'hello.mts'), edited(edited(program, ADDED), imports));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, ...OPTIONS.split(' '), ...options, 'hello.mts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout;
};

test.each([
  ["Microsoft's packages", [] as const],
  ['our own clients', OURS],
])('the first program for Node is also valid TypeScript, with %s', (_, imports) => {
  expect(compiled(imports, '--skipLibCheck')).toBe('');
});

// TypeScript checks the declarations of packages too, unless it is told not to
test("readers are told to install all types that Microsoft's packages need", () => {
  const lines = compiled([], '--listFiles').split('\n');
  expect(lines.filter((line) => line.includes(': error '))).toEqual([]);
  const needed = lines.flatMap((line) => /\/node_modules\/(@types\/[^/]+)\//.exec(line)?.[1] ?? []);
  expect(installed.split(' ')).toEqual(expect.arrayContaining([...new Set(needed)]));
});
