import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { noContent, ok } from '../../../emulator/servers/http/response.ts';
import { json, route, SERVICE_CONNECT } from '../../../emulator/servers/rest/route.ts';
import { HubError } from '../../../protocol/errors.ts';
import { startRest, tokenOf } from '../../support/wire/rest-client.ts';

/** Sends bytes as they are; returns all that came until the server closed. */
const raw = (port: number, text: string): Promise<string> =>
  new Promise((done, failed) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (heard += chunk));
    socket.on('close', () => done(heard));
    socket.on('error', failed);
  });

test.each([
  undefined,
  'application/json',
  'application/json; charset=utf-8',
  'application/vnd.some+json',
  'text/plain',
  'nonsense',
  '',
])('a body is JSON under the content type %s', async (type) => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  expect(await rest.ask('PATCH', '/twins/d1', { body: { tags: { a: 1 } }, headers })).toMatchObject({
    status: 200,
    body: { tags: { a: 1 } },
  });
});

test('Content-Encoding: utf-8, a byte order mark, chunks and Expect are accepted', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const patch = async (headers: Record<string, string>, body = '{"tags":{"a":"ä"}}'): Promise<unknown> =>
    (await rest.ask('PATCH', '/twins/d1', { body, headers })).status;
  expect(await patch({ 'content-encoding': 'utf-8' })).toBe(200);
  expect(await patch({}, '\uFEFF{"tags":{"a":1}}')).toBe(200);
  expect(await patch({ expect: '100-continue' })).toBe(200);
  const head = `Host: x\r\nAuthorization: ${tokenOf('service')}\r\nConnection: close\r\n`;
  const chunked = `PATCH /twins/d1?api-version=2021-04-12 HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n`;
  const heard = await raw(rest.port, `${chunked}8\r\n{"tags":\r\n8\r\n{"c":2}}\r\n0\r\n\r\n`);
  expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(heard).toContain('"tags":{"a":1,"c":2}'.replace('1', '"ä"'));
});

test('a GET with a content type and no body is a GET', async () => {
  await using rest = await startRest();
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': '0' };
  expect((await rest.ask('GET', '/devices', { headers })).text).toBe('[]');
});

test('several requests of one connection are answered in order', async () => {
  await using rest = await startRest();
  const head = `Host: x\r\nAuthorization: ${tokenOf('iothubowner')}\r\n`;
  const get = (path: string, more = ''): string => `GET ${path}?api-version=2021-04-12 HTTP/1.1\r\n${head}${more}\r\n`;
  const heard = await raw(rest.port, get('/devices') + get('/devices/none') + get('/devices', 'Connection: close\r\n'));
  expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
});

test.each([
  ['something else than HTTP', 'EHLO localhost\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
  ['too much of a header', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 'HTTP/1.1 431 '],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n', 'HTTP/1.1 400 '],
])('%s is refused and the connection closed', async (_, text, answer) => {
  await using rest = await startRest();
  expect(await raw(rest.port, text)).toContain(answer);
});

test.each([false, true])('a request that does not end is cut off (sockets from a listener: %s)', async (behindDoor) => {
  await using rest = await startRest({ requestTimeout: 300, behindDoor });
  const head = `Host: x\r\nAuthorization: ${tokenOf('service')}\r\nContent-Length: 100\r\n\r\n`;
  const half = `PATCH /twins/d1?api-version=2021-04-12 HTTP/1.1\r\n${head}{`;
  expect(await raw(rest.port, half)).toContain('HTTP/1.1 408 ');
  expect(await raw(rest.port, 'GET /twins/d1?api-version')).toContain('HTTP/1.1 408 ');
  expect((await rest.ask('GET', '/devices')).status).toBe(200);
});

test.each([false, true])('closing drops the connections (sockets from a listener: %s)', async (behindDoor) => {
  const rest = await startRest({ behindDoor });
  const waiting = raw(rest.port, `GET /devices?api-version=2021-04-12 HTTP/1.1\r\nHost: x\r\n\r\n`);
  await rest.ask('GET', '/devices');
  await rest[Symbol.asyncDispose]();
  expect(await waiting).toContain('HTTP/1.1 401 ');
});

test('any error but a HubError is a bug: it is logged, and its text is not sent', async () => {
  const routes = [
    route('GET', '/broken', SERVICE_CONNECT, {}, () => {
      throw new TypeError('the secret of the house');
    }),
    route('GET', '/later', SERVICE_CONNECT, {}, async () => {
      await Promise.resolve();
      throw new RangeError('the other secret');
    }),
  ];
  await using rest = await startRest({ routes });
  for (const path of ['/broken', '/later']) {
    const { status, headers, text, body } = await rest.ask('GET', path);
    expect([status, headers['iothub-errorcode']]).toEqual([500, 'ServerError']);
    expect(body).toEqual({
      Message: expect.stringMatching(/^ErrorCode:ServerError;/),
      ExceptionMessage: expect.any(String),
    });
    expect(text).not.toContain('secret');
  }
  expect(rest.lines.map(({ level, cause }) => [level, String(cause)])).toEqual([
    ['error', 'TypeError: the secret of the house'],
    ['error', 'RangeError: the other secret'],
  ]);
});

test('an error on the way to a device is JSON inside of the plain body', async () => {
  const routes = [
    route('POST', '/twins/:deviceId/methods', SERVICE_CONNECT, { body: json }, (hub, { params }) => {
      hub.sessions.get(params.deviceId, 'methods');
      return noContent;
    }),
    route('GET', '/late', SERVICE_CONNECT, {}, () => {
      throw new HubError('GatewayTimeout', 'Timed out waiting for the response from device.', {
        info: { timeout: '00:00:30' },
      });
    }),
  ];
  await using rest = await startRest({ routes });
  const offline = await rest.ask('POST', '/twins/d1/methods', { body: {} });
  expect([offline.status, offline.headers['iothub-errorcode']]).toEqual([404, 'DeviceNotOnline']);
  const nested = offline.body as { Message: string; ExceptionMessage: string };
  expect(nested.ExceptionMessage).toBe('');
  expect(JSON.parse(nested.Message)).toEqual({
    errorCode: 404103,
    message:
      "The operation failed because the requested device isn't online. To learn more, see https://aka.ms/iothub404103",
    trackingId: expect.stringMatching(/^[0-9A-F]{32}-G2:/),
    timestampUtc: '2026-01-01T00:00:00Z',
    info: null,
  });
  const late = (await rest.ask('GET', '/late')).body as { Message: string };
  expect(JSON.parse(late.Message)).toMatchObject({ errorCode: 504101, info: { timeout: '00:00:30' } });
});

test('a hint goes into a header of printable ASCII, at most 1 KB of it', async () => {
  const hint = (text: string) => () => {
    throw new HubError('ArgumentInvalid', 'BadRequest', { hint: text });
  };
  const routes = [
    route('GET', '/odd', SERVICE_CONNECT, {}, hint('line 1:\r\nX-Evil: größer 😀')),
    route('GET', '/long', SERVICE_CONNECT, {}, hint('ü'.repeat(5_000))),
  ];
  await using rest = await startRest({ routes });
  const odd = await rest.ask('GET', '/odd');
  expect(odd.headers['x-iothub-emulator-hint']).toBe('line 1:\\u000d\\u000aX-Evil: gr\\u00f6\\u00dfer \\ud83d\\ude00');
  expect(odd.text).not.toContain('Evil');
  expect(rest.lines).toMatchObject([
    { level: 'info', fields: { code: 'ArgumentInvalid', path: expect.stringContaining('/odd') } },
  ]);
  expect((await rest.ask('GET', '/long')).headers['x-iothub-emulator-hint']).toHaveLength(1024);
});

test('a literal path wins over a parameter, whatever the order of rows', async () => {
  const routes = [
    route('GET', '/jobs/v2/:jobId', SERVICE_CONNECT, {}, (_, { params }) => ok(params)),
    route('GET', '/jobs/v2/query', SERVICE_CONNECT, {}, () => ok('query')),
    route('GET', '/:a/v2/query', SERVICE_CONNECT, {}, () => ok('never')),
  ];
  await using rest = await startRest({ routes });
  expect((await rest.ask('GET', '/jobs/v2/query')).body).toBe('query');
  expect((await rest.ask('GET', '/jobs/v2/other')).body).toEqual({ jobId: 'other' });
});
