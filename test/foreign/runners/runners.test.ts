import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { installedSet } from '../../support/packages/sets.ts';
import { installPacked, linkPackages } from '../../support/programs/packed.ts';
import type { Outcome } from '../exec.ts';
import { runProgram } from '../support/hub.ts';
import { startEngine } from './engine.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
// not in a node_modules folder, where jest finds no tests
const FOLDER = join(tmpdir(), `iothub-emulator-runners-${process.getuid?.() ?? 'user'}`);
const EXAMPLES = join(ROOT, 'test', 'testing', 'programs');
const MICROSOFT = ['azure-iot-common', 'azure-iot-device', 'azure-iot-device-mqtt', 'azure-iothub'];

// the runners from npm, and the package as it is published
beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const runners = ['jest', 'mocha', 'testcontainers', '@seriousme/openapi-schema-validator'];
  linkPackages(FOLDER, join(installedSet('npm', 'runners'), 'node_modules'), runners);
  installPacked(FOLDER, [...MICROSOFT, 'vitest']);
  cpSync(join(ROOT, 'clients', 'testcontainers'), join(FOLDER, 'node_modules', 'iothub-emulator-testcontainers'), {
    recursive: true,
  });
});

interface Program {
  readonly file: string;
  readonly as: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a test program under a name that its runner finds. */
const run = async ([runner = '', ...args]: readonly string[], { file, as, env = {} }: Program): Promise<Outcome> => {
  copyFileSync(file, join(FOLDER, as));
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

test('vitest runs with a hub for each test, as in the guide', async () => {
  const file = join(ROOT, 'test', 'testing', 'first.test.ts');
  const { code, stdout } = await run(['vitest/vitest.mjs', 'run', '--root', FOLDER], { file, as: 'first.test.ts' });
  expect(stdout).toContain('4 passed');
  expect(code).toBe(0);
});

test('jest runs CommonJS tests with a hub for each, as in the guide', async () => {
  const { code, stderr } = await run(JEST, { file: join(EXAMPLES, 'oven.jest.cjs'), as: 'oven.test.cjs' });
  expect(stderr).toContain('Tests:       2 passed, 2 total');
  expect(code).toBe(0);
});

test("Microsoft's packages connect to the hub from the sandbox of jest", async () => {
  const { code, stderr } = await run(JEST, {
    file: join(import.meta.dirname, 'microsoft.cjs'),
    as: 'microsoft.test.cjs',
  });
  expect(stderr).toContain('Tests:       3 passed, 3 total');
  expect(code).toBe(0);
});

// docs/history.md, in tests
test('a test of jest that fails says what its hub has seen, and leaves its trace', async () => {
  const { code, stderr } = await run(JEST, {
    file: join(import.meta.dirname, 'failing.cjs'),
    as: 'failing.test.cjs',
    env: { IOTHUB_TRACE: 'failures', IOTHUB_TRACE_FOLDER: FOLDER },
  });
  expect(code).toBe(1);
  expect(stderr).toContain('The hub of this test:');
  expect(stderr).toContain('twin.updated  oven');
  expect(stderr).toMatch(/iothub-emulator replay .*\.trace/);
});

test('jest runs ES modules', async () => {
  const { code, stderr } = await run(JEST, {
    file: join(import.meta.dirname, 'oven.mjs'),
    as: 'oven.test.mjs',
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
  });
  expect(stderr).toContain('Tests:       1 passed, 1 total');
  expect(code).toBe(0);
});

test('mocha runs with a hub for each test, as in the guide', async () => {
  const { code, stdout } = await run(['mocha/bin/mocha.js'], {
    file: join(EXAMPLES, 'oven.mocha.cjs'),
    as: 'oven.mocha.cjs',
  });
  expect(stdout).toContain('2 passing');
  expect(code).toBe(0);
});

const runOnEngine = async (file: string, environment: Readonly<Record<string, string>>): Promise<Outcome> => {
  copyFileSync(file, join(FOLDER, 'container.mjs'));
  return runProgram([process.execPath, join(FOLDER, 'container.mjs')], environment);
};

test('a container is started as in Dockerfile and docker-compose.yml, and gives all that a test needs', async () => {
  await using engine = await startEngine();
  const { stdout, stderr } = await runOnEngine(join(import.meta.dirname, 'container.mjs'), engine.environment);
  expect(stderr).toBe('');
  const { port, admin, ...found } = JSON.parse(stdout);
  const host = `HostName=127.0.0.1:${port};`;
  expect(found).toEqual({
    service: expect.stringContaining(`${host}SharedAccessKeyName=iothubowner;`),
    device: expect.stringContaining(`${host}DeviceId=oven;`),
    module: expect.stringContaining(`${host}DeviceId=gateway;ModuleId=filter;`),
    unknown: 'lamp',
    devices: ['oven', 'gateway'],
    clock: { mode: 'virtual', now: '2026-01-01T00:00:00.000Z' },
  });
  expect(admin).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), 'open sesame']);

  const [order] = engine.orders;
  const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')).services.emulator;
  const [start, ...words] = order?.Cmd ?? [];
  expect([start, words.slice(0, 2)]).toEqual([compose.command[0], compose.command.slice(3, 5)]);
  expect(compose.command.slice(3, 5)).toEqual(['--admin-host', '0.0.0.0']);
  expect(order?.HostConfig.Sysctls).toEqual({ 'net.ipv4.ip_unprivileged_port_start': '443' });
  expect(compose.sysctls).toEqual({ 'net.ipv4.ip_unprivileged_port_start': 443 });
  expect(order?.Env).toContain('IOTHUB_EMULATOR_ADMIN_TOKEN=open sesame');
  expect(Object.keys(compose.environment)).toEqual(['IOTHUB_EMULATOR_ADMIN_TOKEN']);
  const exposed = /^EXPOSE (.*)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1]?.split(' ');
  expect(Object.keys(order?.ExposedPorts ?? {}).sort()).toEqual(exposed?.map((number) => `${number}/tcp`).sort());
});

test('a container can have the default ports of the SDKs', async () => {
  await using engine = await startEngine();
  const { stderr } = await runOnEngine(join(import.meta.dirname, 'known-ports.mjs'), engine.environment);
  expect(stderr).toBe('');
  expect(engine.orders[0]?.HostConfig.PortBindings).toMatchObject({
    '443/tcp': [{ HostPort: '443' }],
    '8883/tcp': [{ HostPort: '8883' }],
    '5671/tcp': [{ HostPort: '5671' }],
    '8088/tcp': [{ HostPort: '0' }],
  });
});

test('the container of the guide starts and stops', async () => {
  await using engine = await startEngine();
  expect(await runOnEngine(join(EXAMPLES, 'container.mjs'), engine.environment)).toMatchObject({ code: 0, stderr: '' });
});

test('the description of the admin API is valid OpenAPI 3.1', async () => {
  const program = join(FOLDER, 'openapi.mjs');
  writeFileSync(program, readFileSync(join(import.meta.dirname, 'openapi.mjs')));
  expect(await runProgram([process.execPath, program], {})).toMatchObject({ stdout: '3.1 valid\n', code: 0 });
});
