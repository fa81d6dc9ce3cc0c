import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { begin, freshFolder, run, sharedCa } from '../support/programs/command.ts';
import { FREE } from '../support/programs/emulator-in-folder.ts';

test('start with JSON logs prints on one line that it is ready, and where', async () => {
  const emulator = begin(['start', ...FREE, '--log-format', 'json', '--device', 'lamp-1', 'lamp-2']);
  const ready = JSON.parse(await emulator.line('"ready"'));
  expect(ready).toEqual({
    event: 'ready',
    https: expect.any(Number),
    mqtt: expect.any(Number),
    amqp: expect.any(Number),
    admin: expect.any(Number),
    adminUrl: `http://127.0.0.1:${ready.admin}`,
    connectionString: `HostName=localhost:${ready.https};SharedAccessKeyName=iothubowner;SharedAccessKey=bm90LWEtc2VjcmV0IGlvdGh1Ym93bmVyIHByaW1hcnkuLi4uLi4uLi4uLi4uLi4u`,
    eventsConnectionString: `Endpoint=sb://localhost:${ready.amqp}/;SharedAccessKeyName=iothubowner;SharedAccessKey=bm90LWEtc2VjcmV0IGlvdGh1Ym93bmVyIHByaW1hcnkuLi4uLi4uLi4uLi4uLi4u;EntityPath=localhost`,
    ca: expect.stringMatching(/ca\.pem$/),
    devices: [
      // base64 of HMAC-SHA256 under the key "1" of "lamp-1\nprimary\n0", as `openssl dgst -hmac 1` prints it
      {
        id: 'lamp-1',
        connectionString: `HostName=localhost:${ready.https};DeviceId=lamp-1;SharedAccessKey=ygER1RFouFWF55ntzwx62mNTAVa5Fti+s0w5F45IO5E=`,
      },
      {
        id: 'lamp-2',
        connectionString: `HostName=localhost:${ready.https};DeviceId=lamp-2;SharedAccessKey=Ka5zPpgj7YTELAyervfgPvv4Ree5rel7p32Zz2ue2DY=`,
      },
    ],
  });
  const health = await fetch(`${ready.adminUrl}/health`);
  expect([health.status, await health.json()]).toEqual([
    200,
    { status: 'healthy', checks: { rest: 'ok', mqtt: 'ok' } },
  ]);
  emulator.child.kill('SIGTERM');
  const { code, stdout } = await emulator.ended;
  expect([code, stdout.trim().split('\n').slice(1)]).toEqual([0, ['{"event":"stopped"}']]);
});

test('start for people prints connection strings, the CA and a line for each SDK', async () => {
  const emulator = begin([
    'start',
    ...FREE,
    '--hostname',
    'factory.localhost',
    '--random-seed',
    '7',
    '--device',
    'pump',
  ]);
  await emulator.line('C, others');
  emulator.child.kill('SIGINT');
  const { code, stdout } = await emulator.ended;
  expect(code).toBe(0);
  for (const text of [
    'https://factory.localhost:',
    'HostName=factory.localhost:',
    'DeviceId=pump;',
    'export NODE_EXTRA_CA_CERTS=/',
    'export REQUESTS_CA_BUNDLE=/',
    'ca.pem',
    'eval "$(iothub-emulator trust --store java)"',
    'iothub-emulator doctor',
  ])
    expect(stdout).toContain(text);
});

test('from the CA on, the banner fits 80 columns, and every label ends before the command', async () => {
  const emulator = begin(['start', ...FREE, '--host', '0.0.0.0']);
  await emulator.line('the strings above');
  emulator.child.kill('SIGINT');
  const { stdout } = await emulator.ended;
  const usual = stdout.replaceAll(sharedCa, '/home/ada/.iothub-emulator');
  const lines = usual.slice(usual.indexOf('  Node')).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.map((line) => /^ {2}(\S.{0,12}?[:?]) /.exec(line)?.[1]).filter((label) => label !== undefined)).toEqual([
    'Node:',
    'Python, az:',
    'Java:',
    '.NET, curl:',
    'C, others:',
    'Problems?',
    'Warning:',
    'Others:',
  ]);
});

test('a busy port is exit code 1, with its number, its flag and what to do', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => busy.once('listening', done));
  const address = busy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const outcome = await run([
    'start',
    '--https-port',
    String(port),
    '--mqtt-port',
    '0',
    '--amqp-port',
    '0',
    '--admin-port',
    '0',
  ]);
  busy.close();
  expect(outcome.code).toBe(1);
  const owner = process.platform === 'linux' ? `.+ \\(pid ${process.pid}\\)` : '.+';
  expect(outcome.stderr).toMatch(
    new RegExp(`^Port ${port} \\(--https-port\\) is in use by ${owner} on 127\\.0\\.0\\.1\\.`),
  );
  expect(outcome.stderr).toContain('choose another port');
  expect(outcome.stdout).toBe('');
});

test('a busy admin port is named by its own flag', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => busy.once('listening', done));
  const address = busy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const outcome = await run([
    'start',
    '--https-port',
    '0',
    '--mqtt-port',
    '0',
    '--amqp-port',
    '0',
    '--admin-port',
    String(port),
  ]);
  busy.close();
  expect([outcome.code, outcome.stderr]).toEqual([
    1,
    expect.stringContaining(`Port ${port} (--admin-port) is in use by `),
  ]);
});

test.each([
  { args: ['start', '--https-port', '70000'], says: '--https-port: Too big: expected number to be <=65535' },
  { args: ['start', '--https-port', 'x'], says: '--https-port: Invalid input: expected number, received string' },
  { args: ['start', '--auth', 'maybe'], says: '--auth: Invalid option: expected one of "strict"|"off"' },
  { args: ['start', '--cert', 'a.pem'], says: '--cert needs key as well' },
  { args: ['start', '--device', 'a b'], says: '--device (0): is not a valid device id' },
  {
    args: ['start', '--policy-key', 'iothubowner=?'],
    says: '--policy-key (iothubowner): Invalid base64-encoded string',
  },
  {
    args: ['start', '--admin-host', '0.0.0.0'],
    says: '--admin-host is open to other machines: it needs an admin token as well',
  },
  { args: ['start', '--no-such'], says: "error: unknown option '--no-such'" },
  { args: ['star'], says: "error: unknown command 'star'" },
])('$args is a usage error', async ({ args, says }) => {
  const outcome = await run(args);
  expect([outcome.code, outcome.stdout]).toEqual([2, '']);
  expect(outcome.stderr).toContain(says);
});

test('a --ca-dir that cannot be written is a usage error of one line', async () => {
  const file = join(freshFolder(), 'notes.txt');
  writeFileSync(file, '');
  const folder = join(file, 'ca');
  expect(await run(['start', ...FREE, '--ca-dir', folder])).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr: expect.stringMatching(
      /^--ca-dir \S+notes\.txt\/ca cannot be used: ENOTDIR: .+\. Make it writable, or choose another folder\.\n$/,
    ),
  });
});

test('a --record file that cannot be written is a usage error of one line', async () => {
  const file = join(freshFolder(), 'no', 'run.trace');
  expect(await run(['start', ...FREE, '--record', file])).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr: expect.stringMatching(/^The trace \S+run\.trace cannot be written: ENOENT: .+\. Choose another file\.\n$/),
  });
});

test('--version prints the version, and nothing else', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, signal: null, stdout: '0.1.0\n', stderr: '' });
});

test('keys of policies can be given', async () => {
  const key = 'c2VydmljZSBrZXkgb2Ygb3VycyB3aXRoIGVxdWFscw==';
  const emulator = begin(['start', ...FREE, '--log-format', 'json', '--policy-key', `iothubowner=${key}`]);
  const { connectionString } = JSON.parse(await emulator.line('"ready"'));
  emulator.child.kill('SIGTERM');
  await emulator.ended;
  expect(connectionString).toContain(`SharedAccessKey=${key}`);
});
