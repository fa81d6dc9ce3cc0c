import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { begin, freshFolder, run } from '../support/programs/command.ts';

const MICROSOFT = fileURLToPath(new URL('./programs/microsoft.cjs', import.meta.url));
const RANDOM = ['exec', '--ports', 'random'];

const node = (script: string): string[] => ['--', process.execPath, '-e', script];

test.each(['Mqtt', 'MqttWs'])('on random ports, Microsoft packages for Node find the hub: %s', async (transport) => {
  const outcome = await run([...RANDOM, '--', process.execPath, MICROSOFT, transport, 'silo:7', 'moisture', '12.5 %']);
  expect(outcome).toEqual({
    code: 0,
    signal: null,
    stdout: '{"reported":"12.5 %","heard":"of 12.5 %"}\n',
    stderr: '',
  });
});

test('on random ports, a program in another language is told that it will not find the hub', async () => {
  const { stderr } = await run([...RANDOM, '--', 'python3', '-c', '']);
  expect(stderr).toContain('--ports random redirects programs on Node only');
});

test('on the ports that SDKs have built in, the same program runs too', async ({ skip }) => {
  const emulator = await run(['exec', '--', process.execPath, MICROSOFT, 'MqttWs', 'silo:8', 'moisture', 'dry']);
  // another program may use these ports, or they may need rights
  if (/Port (443|8883|8088)/.test(emulator.stderr)) skip();
  expect(emulator).toMatchObject({ code: 0, stdout: '{"reported":"dry","heard":"of dry"}\n' });
});

test('the program gets its hub by environment variables', async () => {
  const script = `
    const names = Object.keys(process.env).filter((name) => /^(IOTHUB_|NODE_EXTRA_|SSL_CERT_FILE|REQUESTS_)/.test(name));
    console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, process.env[name]]))))`;
  const { stdout } = await run([...RANDOM, '--device', 'd-9', ...node(script)]);
  const found: Record<string, string> = JSON.parse(stdout);
  const ca = found.IOTHUB_CA_FILE ?? '';
  const bundle = found.SSL_CERT_FILE ?? '';
  expect(found).toEqual({
    IOTHUB_CONNECTION_STRING: expect.stringMatching(
      /^HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=[A-Za-z0-9+/=]{64}$/,
    ),
    // https://learn.microsoft.com/azure/event-hubs/event-hubs-get-connection-string
    IOTHUB_EVENTHUB_CONNECTION_STRING: expect.stringMatching(
      /^Endpoint=sb:\/\/localhost\/;SharedAccessKeyName=iothubowner;SharedAccessKey=[A-Za-z0-9+/=]{64};EntityPath=localhost$/,
    ),
    IOTHUB_DEVICE_CONNECTION_STRING: expect.stringMatching(/^HostName=localhost;DeviceId=d-9;SharedAccessKey=/),
    IOTHUB_CA_FILE: expect.stringMatching(/ca\.pem$/),
    NODE_EXTRA_CA_CERTS: ca,
    SSL_CERT_FILE: expect.stringMatching(/bundle\.pem$/),
    REQUESTS_CA_BUNDLE: bundle,
    IOTHUB_EMULATOR_ADMIN_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    IOTHUB_EMULATOR_CA_DIR: expect.any(String),
    IOTHUB_EMULATOR_INTERCEPT: expect.any(String),
  });
  const own = readFileSync(ca, 'utf8');
  const roots = readFileSync(bundle, 'utf8');
  expect([own.split('BEGIN CERTIFICATE').length, roots.includes(own), roots.length > 100_000]).toEqual([2, true, true]);
});

test('with several devices the program gets the connection string of none', async () => {
  const { stdout } = await run([
    ...RANDOM,
    '--device',
    'a',
    'b',
    ...node('console.log(process.env.IOTHUB_DEVICE_CONNECTION_STRING)'),
  ]);
  expect(stdout).toBe('undefined\n');
});

test('the exit code of the program is passed through', async () => {
  expect(await run([...RANDOM, ...node('process.exit(42)')])).toMatchObject({ code: 42, stdout: '', stderr: '' });
});

test('a program that a signal ended is exit code 128 + the number of the signal', async () => {
  const { code } = await run([...RANDOM, ...node("process.kill(process.pid, 'SIGKILL')")]);
  expect(code).toBe(128 + 9);
});

test('signals are passed on, and the program decides', async () => {
  const script = "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('here')";
  const running = begin([...RANDOM, ...node(script)]);
  await running.line('here');
  running.child.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 5, signal: null });
});

test('a program that does not exist is exit code 127', async () => {
  const { code, stderr } = await run([...RANDOM, '--', 'no-such-program-anywhere']);
  expect([code, stderr]).toEqual([127, 'no-such-program-anywhere: spawn no-such-program-anywhere ENOENT\n']);
});

test('the ports are free again afterwards', async () => {
  const { stdout } = await run([...RANDOM, ...node('console.log(process.env.IOTHUB_EMULATOR_INTERCEPT)')]);
  const https = JSON.parse(stdout).ports[443];
  const outcome = await new Promise((done) => {
    const socket = connect(https, '127.0.0.1', () => done('open'));
    socket.once('error', () => done('closed'));
  });
  expect(outcome).toBe('closed');
});

test('program and relative paths start in the folder from which npm was called', async () => {
  const folder = join(freshFolder(), 'with blanks & more');
  mkdirSync(folder);
  writeFileSync(join(folder, 'hello.cjs'), "console.log(process.cwd(), process.argv[2], 'ü')");
  const { stdout } = await run([...RANDOM, '--ca-dir', 'ca here', '--', process.execPath, 'hello.cjs', 'a b'], {
    env: { npm_package_name: 'iothub-emulator', INIT_CWD: folder },
  });
  expect(stdout).toBe(`${folder} a b ü\n`);
  expect(readFileSync(join(folder, 'ca here', 'ca.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
});

test('options of Node that were set before stay set', async () => {
  const script = 'console.log(process.execArgv, process.env.NODE_OPTIONS.split(" --require ").length)';
  const outcome = await run([...RANDOM, ...node(script)], {
    env: { NODE_OPTIONS: '--throw-deprecation --no-warnings' },
  });
  expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining(' 2\n') });
});

test('other connections are not redirected', async () => {
  const script = `
    const net = require('node:net');
    const server = net.createServer((socket) => socket.end('mine')).listen(0, '127.0.0.1', async () => {
      const { port } = server.address();
      for (const args of [[port, '127.0.0.1'], [port], [{ port, host: 'localhost' }], [{ port }]])
        await new Promise((done) => net.connect(...args).on('data', (text) => console.log(String(text))).on('close', done));
      server.close();
    });`;
  expect(await run([...RANDOM, ...node(script)])).toMatchObject({ code: 0, stdout: 'mine\n'.repeat(4) });
});

test('every way to connect is redirected to the hub, and trusts its certificate', async () => {
  const script = `
    const tls = require('node:tls');
    const https = require('node:https');
    const path = '/statistics/devices?api-version=2021-04-12';
    const status = (options) => new Promise((done, failed) => https.get(options, (answer) => {
      answer.resume();
      done(answer.statusCode);
    }).on('error', failed));
    const trusted = (...args) => new Promise((done, failed) => {
      const socket = tls.connect(...args, () => { done(socket.authorized); socket.destroy(); }).on('error', failed);
    });
    (async () => {
      console.log(await status({ host: 'localhost', path }), await status('https://127.0.0.1' + path));
      console.log((await fetch('https://localhost' + path)).status, (await fetch('https://one.hub.localhost' + path)).status);
      console.log(await trusted(8883, 'localhost'), await trusted({ port: '443', host: 'hub.localhost' }), await trusted(443, '::1'));
      process.exit(0);
    })();`;
  const { code, stdout } = await run([...RANDOM, ...node(script)]);
  expect([code, stdout]).toEqual([0, '401 401\n401 401\ntrue true true\n']);
});
