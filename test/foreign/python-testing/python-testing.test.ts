import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { installedSet } from '../../support/packages/sets.ts';
import { libraryOf } from '../../support/packages/virtual-environment.ts';
import { begin, freshFolder } from '../../support/programs/command.ts';
import { python } from '../../support/programs/python.ts';
import type { Outcome } from '../exec.ts';
import { runProgram } from '../support/hub.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..', '..', 'emulator', 'cli', 'checkout.mjs');
const FREE = ['--https-port', '0', '--mqtt-port', '0', '--amqp-port', '0', '--admin-port', '0'];

let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
});

const pytest = (args: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> =>
  runProgram([interpreter, '-B', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...args], {
    IOTHUB_EMULATOR_COMMAND: `${process.execPath} ${CHECKOUT}`,
    ...environment,
  });

test('pytest runs with a hub for each test, on free ports', async () => {
  const { code, stdout, stderr } = await pytest([import.meta.dirname]);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toContain('18 passed');
});

test('workers of pytest-xdist share one emulator, and it ends with them', async () => {
  const starts = join(freshFolder(), 'starts');
  const program = join(freshFolder(), 'emulator');
  writeFileSync(program, `#!/bin/sh\necho $$ >> ${starts}\nexec "${process.execPath}" "${CHECKOUT}" "$@"\n`);
  chmodSync(program, 0o755);
  const PYTHONPATH = libraryOf(installedSet('pip', 'xdist'));
  const { code, stdout, stderr } = await pytest(['-n', '3', import.meta.dirname], {
    ...{ PYTHONPATH, IOTHUB_EMULATOR_COMMAND: program },
  });
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toContain('18 passed');
  const [first, ...others] = readFileSync(starts, 'utf8').trim().split('\n');
  expect(others).toEqual([]);
  await expect.poll(() => isAlive(Number(first))).toBe(false);
});

const isAlive = (pid: number): boolean => {
  try {
    // one that has ended, and that no process has asked for its exit code, is a zombie
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('one hub that is reset is there for apps that know only its host name', async () => {
  const folder = freshFolder();
  cpSync(import.meta.dirname, folder, { recursive: true });
  const conftest = readFileSync(join(folder, 'conftest.py'), 'utf8');
  const reset = '@pytest.fixture(scope="session")\ndef iot_hub_isolation():\n    return "reset"\n';
  writeFileSync(join(folder, 'conftest.py'), `${conftest}\n\n${reset}`);
  const { code, stdout, stderr } = await pytest(['-k', 'not another', folder]);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toContain('17 passed');
});

test('the tests of the guide pass', async () => {
  const programs = join(import.meta.dirname, '..', '..', 'testing', 'programs');
  const { code, stdout, stderr } = await pytest([programs]);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toContain('4 passed');
});

test('an emulator that runs is found by URL or by the word that it left, and is afterwards what it was', async () => {
  const TMPDIR = freshFolder();
  const emulator = begin(['start', ...FREE, '--clock', 'virtual', '--device', 'mine', '--log-format', 'json'], {
    env: { TMPDIR },
  });
  const { adminUrl } = JSON.parse(await emulator.line('"ready"'));
  const few = ['-k', 'report or fresh or service or seed', import.meta.dirname];
  for (const how of [
    { IOTHUB_EMULATOR_ADMIN_URL: adminUrl },
    { TMPDIR, PYTEST_ADDOPTS: '--iothub-emulator running' },
  ]) {
    const { code, stdout, stderr } = await pytest(few, how);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    const ask = async (path: string): Promise<unknown> => (await fetch(`${adminUrl}${path}`)).json();
    expect(await ask('/snapshots')).toEqual([]);
    expect(await ask('/seed')).toEqual({ devices: [{ id: 'mine', ...KEYS }] });
  }
  emulator.child.kill('SIGTERM');
  await emulator.ended;
});

const KEYS = { primaryKey: expect.any(String), secondaryKey: expect.any(String) };

test('what is wrong is said before the first test', async () => {
  const said = async (environment: Record<string, string>, ...args: string[]) =>
    (await pytest(['-k', 'fresh', import.meta.dirname, ...args], environment)).stdout;
  expect(await said({ IOTHUB_EMULATOR_COMMAND: 'no-such-program' })).toContain(
    'the program no-such-program was not found',
  );
  expect(await said({ IOTHUB_EMULATOR_COMMAND: `${process.execPath} -e 0` })).toContain('ended with code');
  expect(await said({ TMPDIR: freshFolder() }, '--iothub-emulator', 'running')).toContain('no emulator is running');
});
