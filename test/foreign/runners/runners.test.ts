import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { installPacked } from '../../support/packed.ts';
import type { Outcome } from '../exec.ts';
import { runProgram } from '../support/hub.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// outside of any node_modules, where jest looks for no tests
const FOLDER = join(tmpdir(), `iothub-emulator-runners-${process.getuid?.() ?? 'user'}`);
const EXAMPLES = join(ROOT, 'test', 'testing', 'programs');
const MICROSOFT = ['azure-iot-common', 'azure-iot-device', 'azure-iot-device-mqtt', 'azure-iothub'];

// with runners from npm and the package as it is published
beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(join(FOLDER, 'node_modules', 'iothub-emulator'), { recursive: true, force: true });
  copyFileSync(join(import.meta.dirname, 'packages.json'), join(FOLDER, 'package.json'));
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts'], {
    cwd: FOLDER,
    shell: process.platform === 'win32',
  });
  installPacked(FOLDER, MICROSOFT);
}, 600_000);

/** Runs a test program under the name that its runner looks for. */
const run = async (command: readonly string[], file: string, as: string, env = {}): Promise<Outcome> => {
  copyFileSync(file, join(FOLDER, as));
  const [runner = '', ...args] = command;
  return runProgram([process.execPath, join(FOLDER, 'node_modules', runner), ...args, join(FOLDER, as)], env);
};

const JEST = [
  'jest/bin/jest.js',
  '--rootDir',
  FOLDER,
  '--testEnvironment',
  'node',
  '--testMatch',
  '**/*.test.?js',
  '--runTestsByPath',
];

test('jest runs CommonJS tests with a hub for each, as in the guide', async () => {
  const { code, stderr } = await run(JEST, join(EXAMPLES, 'oven.jest.cjs'), 'oven.test.cjs');
  expect(stderr).toContain('Tests:       2 passed, 2 total');
  expect(code).toBe(0);
});

test("jest's sandbox leads Microsoft's packages to the hub", async () => {
  const { code, stderr } = await run(JEST, join(import.meta.dirname, 'microsoft.cjs'), 'microsoft.test.cjs');
  expect(stderr).toContain('Tests:       3 passed, 3 total');
  expect(code).toBe(0);
});

test('jest runs ES modules', async () => {
  const { code, stderr } = await run(JEST, join(import.meta.dirname, 'oven.mjs'), 'oven.test.mjs', {
    NODE_OPTIONS: '--experimental-vm-modules',
  });
  expect(stderr).toContain('Tests:       1 passed, 1 total');
  expect(code).toBe(0);
});

test('mocha runs with a hub for each test, as in the guide', async () => {
  const { code, stdout } = await run(['mocha/bin/mocha.js'], join(EXAMPLES, 'oven.mocha.cjs'), 'oven.mocha.cjs');
  expect(stdout).toContain('2 passing');
  expect(code).toBe(0);
});

test('the description of the admin API is valid OpenAPI 3.1', async () => {
  const program = join(FOLDER, 'openapi.mjs');
  writeFileSync(program, readFileSync(join(import.meta.dirname, 'openapi.mjs')));
  expect(await runProgram([process.execPath, program], {})).toMatchObject({ stdout: '3.1 valid\n', code: 0 });
});
