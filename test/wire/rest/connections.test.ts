import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ok } from '../../../emulator/servers/http/response.ts';
import { webSocketUpgrade } from '../../../emulator/servers/http/web-socket.ts';
import { route, SERVICE_CONNECT } from '../../../emulator/servers/rest/route.ts';
import { startRest, tokenOf } from '../../support/wire/rest-client.ts';

/** A client that neither closes its side nor reads more than one answer. */
const send = (port: number, text: string): Socket => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write(text);
  return socket;
};

const open = (http: Server): Promise<number> => new Promise((done) => http.getConnections((_, count) => done(count)));

const UPGRADE = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test.each([
  ['a request that never ends', 'GET /devices HTTP/1.1\r\n', '408'],
  ['what is not HTTP', 'EHLO localhost\r\n\r\n', '400'],
  ['an upgrade at an unknown path', `GET /x HTTP/1.1\r\n${UPGRADE}`, '404'],
  ['an upgrade to an unknown protocol', `GET /$iothub/websocket HTTP/1.1\r\n${UPGRADE}`, '400'],
])('the connection of %s is closed within 1 s, although the client keeps its side open', async (_, text, status) => {
  await using rest = await startRest({ requestTimeout: 100 });
  const known = [{ path: '/$iothub/websocket', protocol: 'mqtt', accept: () => {} }];
  rest.http.on('upgrade', webSocketUpgrade(known));
  const socket = send(rest.port, text);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(`HTTP/1.1 ${status}`);
  await expect.poll(() => open(rest.http), { timeout: 1_000, interval: 50 }).toBe(0);
  socket.destroy();
});

test('answers that no client reads do not pile up: the rest of the requests wait, then the connection is closed', async () => {
  const large = 'x'.repeat(256 * 1024);
  let runs = 0;
  const run = () => {
    runs += 1;
    return ok({ large });
  };
  const routes = [route('GET', '/large', SERVICE_CONNECT, {}, run)];
  await using rest = await startRest({ routes, readTimeout: 300 });
  const one = `GET /large?api-version=2021-04-12 HTTP/1.1\r\nHost: x\r\nAuthorization: ${tokenOf('service')}\r\n\r\n`;
  const socket = send(rest.port, one.repeat(1_000)).pause();
  await expect.poll(() => runs).toBeGreaterThan(0);
  await expect.poll(() => open(rest.http)).toBe(0);
  // what the system keeps for a connection, and one answer more
  expect(runs).toBeLessThan(100);
  socket.destroy();
});

test('a stream that no client reads is written as far as the system takes it, then the connection is closed', async () => {
  const block = 'x'.repeat(64 * 1024);
  let blocks = 0;
  const run = () => {
    const content = new Readable({
      read() {
        blocks += 1;
        this.push(block);
      },
    });
    return { status: 200, body: { type: 'text/event-stream', content } };
  };
  const routes = [route('GET', '/stream', SERVICE_CONNECT, {}, run)];
  await using rest = await startRest({ routes, readTimeout: 300 });
  const one = `GET /stream?api-version=2021-04-12 HTTP/1.1\r\nHost: x\r\nAuthorization: ${tokenOf('service')}\r\n\r\n`;
  const socket = send(rest.port, one).pause();
  await expect.poll(() => blocks).toBeGreaterThan(0);
  await expect.poll(() => open(rest.http)).toBe(0);
  expect((blocks * block.length) / 2 ** 20).toBeLessThan(16);
  socket.destroy();
});
