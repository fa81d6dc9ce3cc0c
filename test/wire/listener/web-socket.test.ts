import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { webSocketUpgrade } from '../../../emulator/servers/http/web-socket.ts';

const PATH = '/$iothub/websocket';
const taken: string[] = [];
const refusals: unknown[] = [];
const route = (path: string, protocol: string) => ({
  path,
  protocol,
  accept: () => taken.push(`${path} ${protocol}`),
});

const server = createServer();
let port: number;
beforeAll(async () => {
  const known = [route(PATH, 'mqtt'), route(PATH, 'AMQPWSB10'), route('/$servicebus/websocket', 'AMQPWSB10')];
  const upgrade = webSocketUpgrade(known, ({ subject, code, remedy }) => refusals.push([subject, code, remedy]));
  server.on('upgrade', upgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port; // of a TCP server that listens
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The sub-protocol that the server chooses, or its refusal. */
const open = async (path: string, protocols: string[]): Promise<{ chosen: string; by: string | undefined }> => {
  taken.length = 0;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
  await Promise.race([once(socket, 'open'), once(socket, 'error')]).catch(() => {});
  socket.terminate();
  return { chosen: socket.protocol, by: taken[0] };
};

test.each([
  { path: PATH, protocols: ['mqtt'], chosen: 'mqtt' },
  { path: PATH, protocols: ['AMQPWSB10'], chosen: 'AMQPWSB10' },
  { path: PATH, protocols: ['soap', 'AMQPWSB10', 'mqtt'], chosen: 'AMQPWSB10' },
  { path: `${PATH}?iothub-no-client-cert=true`, protocols: ['mqtt'], chosen: 'mqtt' },
  { path: '/%24iothub/websocket', protocols: ['mqtt'], chosen: 'mqtt' },
])('$protocols at $path is $chosen', async ({ path, protocols, chosen }) => {
  expect(await open(path, protocols)).toEqual({ chosen, by: `${PATH} ${chosen}` });
});

// https://github.com/Azure/azure-uamqp-python/blob/main/src/wsio.pyx, DEFAULT_WS_RELATIVE_PATH
test('the path may end with a slash', async () => {
  const by = '/$servicebus/websocket AMQPWSB10';
  expect(await open('/$servicebus/websocket/', ['AMQPWSB10'])).toEqual({ chosen: 'AMQPWSB10', by });
});

test.each([
  { path: PATH, protocols: ['soap'] },
  { path: '/$servicebus/websocket', protocols: ['mqtt'] },
  { path: '/elsewhere', protocols: ['mqtt'] },
  { path: `${PATH}//`, protocols: ['mqtt'] },
  { path: '/', protocols: ['mqtt'] },
])('$protocols at $path is refused', async ({ path, protocols }) => {
  expect(await open(path, protocols)).toEqual({ chosen: '', by: undefined });
});

test('what is refused is told, with the remedy', async () => {
  refusals.length = 0;
  await open('/$iothub?a=b', ['mqtt']);
  await open(PATH, ['soap']);
  expect(refusals).toEqual([
    ['/$iothub?a=b', 'unknown-websocket-path', 'use /$iothub/websocket or /$servicebus/websocket'],
    [PATH, 'unknown-websocket-protocol', 'ask for mqtt or AMQPWSB10 in Sec-WebSocket-Protocol'],
  ]);
});

/** The first line of the answer to a raw upgrade. */
const answerTo = async (target: string): Promise<string | undefined> => {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n',
  );
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer).split('\r\n')[0];
};

// https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2: as Java's clients send it
test('a target may be a whole URL', async () => {
  expect(await answerTo(`https://hub.localhost:443${PATH}?a=b`)).toBe('HTTP/1.1 101 Switching Protocols');
});

test.each(['https://', '*', 'https://hub.localhost/%zz'])('%j is not found', async (target) => {
  expect(await answerTo(target)).toMatch(/^HTTP\/1\.1 40[04] /);
});
