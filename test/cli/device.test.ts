import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/index.ts';
import { freshFolder, run, sharedCa } from '../support/programs/command.ts';

let emulator: Emulator;
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ ports: 'random', caDir: sharedCa });
  env = { IOTHUB_CONNECTION_STRING: emulator.connectionString(), IOTHUB_CA_FILE: emulator.caFile ?? '' };
});

afterAll(() => emulator.close());

// base64 of HMAC-SHA256 under the key "1" of "kiln-3\nprimary\n0", as `openssl dgst -hmac 1` prints it
const KEY = 'E7JEDoaRonDcsSV5879mu7MYhcIuvKyeByGqgpEQAQI=';

test('a device is created, shown, listed and deleted', async () => {
  const string = `HostName=localhost:${emulator.ports.https};DeviceId=kiln-3;SharedAccessKey=${KEY}`;
  expect(await run(['device', 'create', 'kiln-3', '--output', 'connection-string'], { env })).toEqual({
    code: 0,
    signal: null,
    stdout: `${string}\n`,
    stderr: '',
  });
  const shown = await run(['device', 'show', 'kiln-3'], { env });
  expect([shown.code, JSON.parse(shown.stdout)]).toMatchObject([0, { deviceId: 'kiln-3', status: 'enabled' }]);
  const listed = await run(['device', 'list'], { env });
  expect(JSON.parse(listed.stdout).map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual(['kiln-3']);
  expect(await run(['device', 'list', '-o', 'connection-string'], { env })).toMatchObject({ stdout: `${string}\n` });
  expect(await run(['connection-string', '--device', 'kiln-3'], { env })).toMatchObject({ stdout: `${string}\n` });
  expect(await run(['device', 'delete', 'kiln-3'], { env })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(emulator.hub.registry.find('kiln-3')).toBeUndefined();
});

test('an id may have every character that the service allows', async () => {
  const id = "a-:.+%_#*?!(),=@$'";
  const { code } = await run(['device', 'create', id, '--disabled'], { env });
  expect([code, emulator.hub.registry.find(id)?.identity.status]).toEqual([0, 'disabled']);
  expect(await run(['device', 'delete', id], { env })).toMatchObject({ code: 0 });
});

test.each([
  ['device', 'show', 'nobody'],
  ['device', 'delete', 'nobody'],
  ['connection-string', '--device', 'nobody'],
])('%s %s %s exits with 3: the device does not exist', async (...args) => {
  const outcome = await run(args, { env });
  expect([outcome.code, outcome.stdout]).toEqual([3, '']);
  expect(outcome.stderr).toContain('nobody');
});

test('creating a device that exists exits with 1 and the error of the hub', async () => {
  emulator.hub.registry.create({ deviceId: 'twice' }, {});
  expect(await run(['device', 'create', 'twice'], { env })).toEqual({
    code: 1,
    signal: null,
    stdout: '',
    stderr: "ErrorCode:DeviceAlreadyExists;A device with ID 'twice' is already registered.\n",
  });
});

test('a hub that does not answer is exit code 4', async () => {
  const login = 'HostName=localhost:1;SharedAccessKeyName=iothubowner;SharedAccessKey=AAAA';
  const outcome = await run(['device', 'list', '--login', login]);
  expect([outcome.code, outcome.stdout]).toEqual([4, '']);
  expect(outcome.stderr).toMatch(/^The hub at localhost:1 cannot be reached: .*ECONNREFUSED[^\n]*\nIs it running\?/);
});

test('a certificate that is not trusted is exit code 4, with what to do', async () => {
  const foreign = { ...env, IOTHUB_CA_FILE: '', IOTHUB_EMULATOR_CA_DIR: freshFolder() };
  const outcome = await run(['device', 'list'], { env: foreign });
  expect([outcome.code, outcome.stderr.split('\n')[1]]).toEqual([
    4,
    'Give the CA in IOTHUB_CA_FILE, or its folder with --ca-dir.',
  ]);
});

test.each([
  { args: ['device', 'list', '--login', 'SharedAccessKey=x'], says: 'missing the property: HostName' },
  { args: ['device', 'list', '--login', 'HostName=h;DeviceId=d;SharedAccessKey=x'], says: 'SharedAccessKeyName' },
  { args: ['device', 'create'], says: "missing required argument 'id'" },
  { args: ['device', 'list', '--output', 'yaml'], says: 'Allowed choices are json, connection-string' },
  { args: ['connection-string', '--policy', 'king'], says: 'There is no policy king' },
  { args: ['connection-string', '--policy', 'service', '--device', 'd'], says: 'cannot be used with option' },
])('$args is a usage error', async ({ args, says }) => {
  const outcome = await run(args);
  expect([outcome.code, outcome.stdout]).toEqual([2, '']);
  expect(outcome.stderr).toContain(says);
});

test('the local connection string needs no hub, and its key says that it is not a secret', async () => {
  const { stdout } = await run(['connection-string']);
  const [, key = ''] =
    /^HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=(.{64})\n$/.exec(stdout) ?? [];
  expect(atob(key)).toBe('not-a-secret iothubowner primary................');
});

test('the connection string of another policy has the same host name', async () => {
  const { stdout } = await run(['connection-string', '--policy', 'registryread'], { env });
  expect(stdout).toMatch(new RegExp(`^HostName=localhost:${emulator.ports.https};SharedAccessKeyName=registryRead;`));
});

test('env prints what a shell can evaluate', async () => {
  const { code, stdout } = await run(['env'], { env });
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]),
  ).toEqual([
    'export IOTHUB_CONNECTION_STRING',
    'export IOTHUB_EMULATOR_ADMIN_URL',
    'export IOTHUB_CA_FILE',
    'export NODE_EXTRA_CA_CERTS',
    'export SSL_CERT_FILE',
    'export REQUESTS_CA_BUNDLE',
  ]);
  const json = await run(['env', '-o', 'json'], { env });
  expect(JSON.parse(json.stdout)).toMatchObject({ IOTHUB_CONNECTION_STRING: emulator.connectionString() });
});
