import { connect } from 'node:net';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { adminRoutesOf } from '../../../emulator/servers/admin/route.ts';
import { type AdminOptions, createAdminServer } from '../../../emulator/servers/admin/server.ts';
import type { Operations } from '../../../protocol/admin/operation.ts';
import { ADMIN_OPERATIONS } from '../../../protocol/admin/operations.ts';
import { HubError } from '../../../protocol/errors.ts';
import { listeningLog, type Reply, send } from '../../support/wire/rest-client.ts';

const PROCESS = { pid: 1, startedAt: '2026-01-01T00:00:00.000Z' };
const INFO = { version: '1.2.3', hostname: 'localhost', auth: 'strict', data: null, lastEvent: 0, ...PROCESS } as const;
const info = (port: number) => ({ ...INFO, ports: { admin: port } });
const OWN = ['GET /health', 'GET /ready', 'GET /ca.pem', 'GET /info', 'POST /session', 'GET /openapi.json'];
const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

const startAdmin = async (options: Partial<AdminOptions> = {}, host = '127.0.0.1') => {
  const { log, lines } = listeningLog();
  const server = createAdminServer({ log, probes: [], info, ca: CA, ...options });
  const port = await server.listen(host, 0);
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Reply> =>
    send({ port, method, path, headers: { host: `localhost:${port}`, ...headers }, body });
  return { server, port, lines, ask, [Symbol.asyncDispose]: () => server.close() };
};

const working = (name: string) => ({ name, check: async () => {} });
const broken = (name: string) => ({ name, check: () => Promise.reject(new Error('connect ECONNREFUSED')) });
const silent = (name: string) => ({ name, check: () => new Promise<void>(() => {}) });

test('it is healthy if every probe succeeds', async () => {
  await using admin = await startAdmin({ probes: [working('mqtt'), working('rest')] });
  const { status, body } = await admin.ask('GET', '/health');
  expect([status, body]).toEqual([200, { status: 'healthy', checks: { mqtt: 'ok', rest: 'ok' } }]);
});

test('it is not healthy if a probe fails or does not answer, and names it', async () => {
  await using admin = await startAdmin({ probes: [broken('mqtt'), working('rest'), silent('amqp')], timeoutMs: 20 });
  const { status, body } = await admin.ask('GET', '/health');
  expect([status, body]).toEqual([
    503,
    { status: 'unhealthy', checks: { mqtt: 'connect ECONNREFUSED', rest: 'ok', amqp: 'no answer within 20 ms' } },
  ]);
});

test('it is ready once the emulator has started', async () => {
  let open = false;
  await using admin = await startAdmin({ isReady: () => open });
  expect(await admin.ask('GET', '/ready')).toMatchObject({ status: 503, body: { status: 'starting' } });
  open = true;
  expect(await admin.ask('GET', '/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
});

test('it serves the CA and its own description', async () => {
  await using admin = await startAdmin();
  expect(await admin.ask('GET', '/ca.pem')).toMatchObject({ status: 200, text: CA });
  expect(await admin.ask('GET', '/info')).toMatchObject({
    status: 200,
    body: { ...INFO, ports: { admin: admin.port }, operations: OWN },
  });
  await using other = await startAdmin({ ca: undefined });
  expect((await other.ask('GET', '/ca.pem')).status).toBe(404);
});

test.each(['localhost', '127.0.0.1', '[::1]', 'hub.localhost', 'LOCALHOST', 'localhost.'])(
  'it may be called %s',
  async (name) => {
    await using admin = await startAdmin();
    expect((await admin.ask('GET', '/info', { host: `${name}:${admin.port}` })).status).toBe(200);
    expect((await admin.ask('GET', '/info', { host: name })).status).toBe(200);
  },
);

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evillocalhost',
  'localhost@evil.example',
])('it may not be called %j, which could be a rebound name', async (name) => {
  await using admin = await startAdmin();
  for (const path of ['/info', '/health', '/ca.pem', '/nothing'])
    expect((await admin.ask('GET', path, { host: name })).status).toBe(403);
});

test('names of this machine can be given', async () => {
  await using admin = await startAdmin({ hosts: ['emulator'] });
  expect((await admin.ask('GET', '/info', { host: 'Emulator:8088' })).status).toBe(200);
});

test.each(['http://evil.example', 'http://localhost:1', 'null', 'https://localhost.evil.example'])(
  'pages of %s may not call it',
  async (origin) => {
    await using admin = await startAdmin();
    expect((await admin.ask('GET', '/info', { origin })).status).toBe(403);
  },
);

test('its own pages may call it', async () => {
  await using admin = await startAdmin();
  expect((await admin.ask('GET', '/info', { origin: `http://localhost:${admin.port}` })).status).toBe(200);
});

test('its answers cannot be framed, sniffed or cached', async () => {
  await using admin = await startAdmin();
  expect((await admin.ask('GET', '/info')).headers).toMatchObject({
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
});

test('where other machines can reach it, it requires its token', async () => {
  await using admin = await startAdmin({ token: 'open sesame' }, '0.0.0.0');
  const as = (authorization: string) => ({ authorization, host: 'emulator:8088' });
  expect((await admin.ask('GET', '/info')).status).toBe(401);
  expect((await admin.ask('GET', '/info', { authorization: 'Bearer open' })).status).toBe(401);
  expect((await admin.ask('GET', '/info', as('Bearer open sesam'))).status).toBe(403);
  expect((await admin.ask('GET', '/info', as('Bearer open sesame'))).status).toBe(200);
  expect((await admin.ask('GET', '/ready')).status).toBe(200);
  expect((await admin.ask('GET', '/openapi.json')).status).toBe(401);
  expect((await admin.ask('GET', '/openapi.json', as('Bearer open sesame'))).status).toBe(200);
  const origin = { ...as('Bearer open sesame'), origin: 'http://evil.example' };
  expect((await admin.ask('GET', '/info', origin)).status).toBe(403);
});

test('a token may have any letters, in UTF-8 or as fetch sends them', async () => {
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  await using wide = await startAdmin({ token: 'öffne dich, ключ' }, '0.0.0.0');
  expect((await wide.ask('GET', '/info', { authorization: bytes('Bearer öffne dich, ключ') })).status).toBe(200);
  await using narrow = await startAdmin({ token: 'öffne dich' }, '0.0.0.0');
  for (const authorization of ['Bearer öffne dich', bytes('Bearer öffne dich')])
    expect((await narrow.ask('GET', '/info', { authorization })).status).toBe(200);
  expect((await narrow.ask('GET', '/info', { authorization: 'Bearer offne dich' })).status).toBe(401);
});

test('the description is made once, however often it is read', async () => {
  let made = 0;
  const operations = new Proxy<Operations>(ADMIN_OPERATIONS, {
    ownKeys(target) {
      made += 1;
      return Reflect.ownKeys(target);
    },
  });
  await using admin = await startAdmin({ operations: async () => operations });
  const ask = async () => (await admin.ask('GET', '/openapi.json')).text;
  expect(await ask()).toBe(await ask());
  expect(made).toBe(1);
});

test('without a token it listens on loopback only', async () => {
  const { log } = listeningLog();
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.org']) {
    const server = createAdminServer({ log, probes: [], info });
    await expect(server.listen(host, 0)).rejects.toThrow(RangeError);
  }
});

test('a busy port is named', async () => {
  await using admin = await startAdmin();
  const { log } = listeningLog();
  const second = createAdminServer({ log, probes: [], info });
  await expect(second.listen('127.0.0.1', admin.port)).rejects.toMatchObject({
    name: 'PortError',
    port: admin.port,
    code: 'EADDRINUSE',
  });
  await second.close();
});

test('further operations are rows of the same table', async () => {
  const more = {
    'POST /echo/:word': { summary: 'Echo', body: z.object({ a: z.number() }), answer: z.object({}).loose() },
    'POST /refused': { summary: 'Refuse' },
    'GET /broken': { summary: 'Break' },
  } as const;
  const route = adminRoutesOf<typeof more>();
  const routes = [
    route('POST /echo/:word', ({ params, body }) => ({ word: params.word, body })),
    route('POST /refused', () => {
      throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'line 1, column 7' });
    }),
    route('GET /broken', () => {
      throw new TypeError('secret');
    }),
  ];
  await using admin = await startAdmin({ routes, operations: async () => ({ ...ADMIN_OPERATIONS, ...more }) });
  expect((await admin.ask('POST', '/echo/hi', {}, { a: 1 })).body).toEqual({ word: 'hi', body: { a: 1 } });
  expect(await admin.ask('POST', '/echo/hi', {}, '{')).toMatchObject({
    status: 400,
    body: { code: 'ArgumentInvalid' },
  });
  expect(await admin.ask('POST', '/refused')).toMatchObject({
    status: 400,
    body: { error: 'BadRequest', code: 'ArgumentInvalid', hint: 'line 1, column 7' },
  });
  expect((await admin.ask('GET', '/broken')).text).not.toContain('secret');
  expect(admin.lines).toMatchObject([{ level: 'error', fields: { path: '/broken' } }]);
  expect((await admin.ask('GET', '/echo/hi')).status).toBe(405);
  expect((await admin.ask('GET', '/nothing')).status).toBe(404);
});

test('closing drops connections', async () => {
  const admin = await startAdmin();
  const ended = new Promise((done) => {
    const socket = connect(admin.port, '127.0.0.1', async () => {
      await admin.ask('GET', '/ready');
      await admin.server.close();
    });
    socket.on('close', () => done(true)).resume();
  });
  expect(await ended).toBe(true);
});
