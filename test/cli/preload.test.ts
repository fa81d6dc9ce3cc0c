import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withoutOurs } from '../support/programs/command.ts';

const PRELOAD = fileURLToPath(new URL('../../emulator/intercept/node/preload.cjs', import.meta.url));

/** What a program prints that loads the file first; it ends with an exception if the program writes errors. */
const printed = (redirect: string, script: string): string =>
  execFileSync(process.execPath, ['--require', PRELOAD, '-e', script], {
    env: { ...withoutOurs(process.env), IOTHUB_EMULATOR_INTERCEPT: redirect },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Connects with options that the program has frozen, through a port that only the redirect knows, or not at all. */
const CONNECT = (port: string) => `
  const net = require('node:net');
  const server = net.createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1', () => {
    const real = server.address().port;
    const port = ${port};
    require(${JSON.stringify(PRELOAD)}).redirect({ hosts: ['hub.localhost'], address: '127.0.0.1', ports: { 443: real } });
    const options = Object.freeze({ host: ${port === '443' ? "'hub.localhost'" : "'127.0.0.1'"}, port });
    net.connect(options).on('data', (data) => { console.log(String(data)); server.close(); });
  });`;

test.each([
  ['are redirected', '443'],
  ['to elsewhere go there', 'real'],
])('connections with frozen options %s', (_, port) => {
  expect(printed('', CONNECT(port))).toBe('hello\n');
});

test.each([
  'no JSON',
  '5',
  'null',
  '{}',
  '{"hosts":[1],"address":"a","ports":{}}',
  '{"hosts":["a"],"address":"a","ports":null}',
])('a program runs as without us if the redirect is %s', (redirect) => {
  const script = `${CONNECT('real')} require('node:tls').createSecureContext({ host: 'a' }); try { process.cwd() } catch {}`;
  expect(printed(redirect, script)).toBe('hello\n');
});

test('arguments that our code cannot read reach Node as they are', () => {
  const script = `
    const net = require('node:net');
    const options = { get host() { throw new Error('mine') }, port: 1 };
    try { net.connect(options) } catch (error) { console.log(error.message) }`;
  const redirect = JSON.stringify({ hosts: ['hub.localhost'], address: '127.0.0.1', ports: { 443: 1 } });
  expect(printed(redirect, script)).toBe('mine\n');
});
