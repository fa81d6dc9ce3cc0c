import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshFolder, type Outcome, run } from '../support/programs/command.ts';

const env = { TMPDIR: freshFolder() };
const say = (...args: string[]): Promise<Outcome> => run(args, { env });

beforeAll(async () => {
  const { stdout, stderr, code } = await say('start', '--ports', 'random', '--background', '--device', 'oven,lamp-1');
  expect([code, stdout, stderr]).toEqual([
    0,
    expect.stringContaining('DeviceId=lamp-1;'),
    expect.stringMatching(/^It runs in the background, pid \d+, and writes to .*\nTo end it: iothub-emulator stop\n$/),
  ]);
});

afterAll(async () => {
  expect(await say('stop')).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Stopped the hub at http/) });
  expect(await say('health')).toMatchObject({ code: 4 });
  expect(await say('stop')).toMatchObject({ code: 4, stderr: 'No hub of this user runs on this machine.\n' });
});

test('health prints what works', async () => {
  const { code, stdout } = await say('health', '--wait', '5');
  expect([code, JSON.parse(stdout)]).toEqual([0, { status: 'healthy', checks: { rest: 'ok', mqtt: 'ok' } }]);
});

test('a twin that was patched is found by a query, as a table', async () => {
  const { stdout } = await say('twin', 'patch', 'oven', '{"tags":{"hall":4}}');
  expect(JSON.parse(stdout)).toMatchObject({ deviceId: 'oven', tags: { hall: 4 } });
  expect((await say('query', 'SELECT deviceId, tags.hall FROM devices WHERE tags.hall = 4')).stdout).toBe(
    'deviceId  hall\n--------  ----\noven      4\n',
  );
});

test('a query that is wrong is shown with a mark below the mistake', async () => {
  const { code, stderr } = await say('query', 'SELECT * FROM devices WHERE = 4');
  expect(code).toBe(2);
  expect(stderr).toMatch(/line 1, column 29: .*\n {2}SELECT \* FROM devices WHERE = 4\n {30}\^\n$/);
});

test('a method of a device that is not connected ends with the text of the service', async () => {
  const { code, stderr } = await say('method', 'invoke', 'oven', 'clean');
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/^The operation failed because the requested device isn't online\./),
  ]);
});

test('a hub that is not an emulator is changed only with --login', async () => {
  const azure = 'HostName=contoso.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=YWJj';
  const { code, stderr } = await run(['device', 'delete', 'oven'], {
    env: { ...env, IOTHUB_CONNECTION_STRING: azure },
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining('names the hub contoso.azure-devices.net')]);
  expect(await say('device', 'show', 'oven')).toMatchObject({ code: 0 });
});

test('env prints a variable for each device', async () => {
  const { stdout } = await say('env', '--device', 'oven,lamp-1', '-o', 'json');
  expect(Object.keys(JSON.parse(stdout)).filter((name) => name.includes('DEVICE'))).toEqual([
    'IOTHUB_DEVICE_CONNECTION_STRING_OVEN',
    'IOTHUB_DEVICE_CONNECTION_STRING_LAMP_1',
  ]);
});

// port 1 is tcpmux (RFC 1078), on which no emulator listens
test('variables left over from an emulator that has ended are named, where they lead elsewhere than the one that runs', async () => {
  const login = (await say('connection-string')).stdout.trim();
  const [, running = ''] = /HostName=([^;]+)/.exec(login) ?? [];
  const before = { ...env, IOTHUB_CONNECTION_STRING: login.replace(running, 'localhost:1') };
  const remedy =
    `IOTHUB_CONNECTION_STRING names the hub at localhost:1, but the emulator that was started last is at ${running}.\n` +
    'To use that one: unset IOTHUB_CONNECTION_STRING IOTHUB_EMULATOR_ADMIN_URL\n';
  expect(await run(['env'], { env: before })).toMatchObject({ code: 0, stderr: remedy });
  for (const command of [
    ['env', '--device', 'oven'],
    ['device', 'list'],
  ]) {
    const { stderr } = await run(command, { env: before });
    expect(stderr).toMatch(/^The hub at localhost:1 cannot be reached: /);
    expect(stderr.slice(stderr.indexOf('\n') + 1)).toBe(remedy);
  }
  expect(await run(['env', '--device', 'oven'], { env: { ...env, IOTHUB_CONNECTION_STRING: login } })).toMatchObject({
    code: 0,
    stderr: '',
  });
});

test('status and doctor say what was refused, and what to do', async () => {
  const login = (await say('connection-string')).stdout;
  const wrong = login.replace(/SharedAccessKey=.*/, 'SharedAccessKey=d3Jvbmc=');
  expect(await say('device', 'list', '--login', wrong)).toMatchObject({ code: 1 });
  for (const command of [['status'], ['doctor', '--only', 'refusals']]) {
    const { stdout } = await say(...command);
    expect(stdout).toContain('(wrong-policy-key): the signature does not fit policy iothubowner');
    expect(stdout).toContain('compare with: iothub-emulator connection-string --policy iothubowner');
  }
});

test('a variable that is not known is warned of with the nearest name', async () => {
  const { stderr } = await run(['exec', '--ports', 'random', '--', process.execPath, '--version'], {
    env: { ...env, IOTHUB_EMULATOR_HTTP_PORT: '1' },
  });
  expect(stderr).toBe('There is no variable IOTHUB_EMULATOR_HTTP_PORT: did you mean IOTHUB_EMULATOR_HTTPS_PORT?\n');
});

test.each([
  ['{a:1}', 'line 1, column 2: "a" is not expected here; names and texts need double quotes'],
  ['{"a":1,\n}', 'line 2, column 1: "}" is not expected here; JSON has no comma before a closing bracket'],
  ['{"a":', 'line 1, column 6: the text ends too early'],
])('a configuration file %j is refused with the place of the mistake', async (text, problem) => {
  const file = join(freshFolder(), 'config.json');
  writeFileSync(file, text);
  expect(await say('start', '--config', file)).toMatchObject({
    code: 2,
    stderr: `${file} cannot be read: ${problem}\n`,
  });
});

test('bash completes subcommands and flags', async ({ skip }) => {
  skip(process.platform === 'win32', 'there is no bash');
  const { stdout } = await say('completion', 'bash');
  const ask = `${stdout}\nCOMP_WORDS=(iothub-emulator twin p); COMP_CWORD=2; _iothub_emulator; echo "\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', ask], { encoding: 'utf8' })).toBe('patch\n');
});
