import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { adminRoute } from '../../../emulator/servers/admin/route.ts';
import { json } from '../../../emulator/servers/admin/schema.ts';
import { type AdminOptions, createAdminServer } from '../../../emulator/servers/admin/server.ts';
import { ok } from '../../../emulator/servers/http/answer.ts';
import { HubError } from '../../../protocol/errors.ts';
import { listeningLog, type Reply, send } from '../../support/rest-client.ts';

const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

const startAdmin = async (options: Partial<AdminOptions> = {}, host = '127.0.0.1') => {
  const { log, lines } = listeningLog();
  const server = createAdminServer({ log, probes: [], info: () => ({ hostName: 'localhost' }), ca: CA, ...options });
  const port = await server.listen(host, 0);
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Reply> =>
    send({ port, method, path, headers: { host: `localhost:${port}`, ...headers }, body });
  return { server, port, lines, ask, [Symbol.asyncDispose]: () => server.close() };
};

const working = (name: string) => ({ name, check: async () => {} });
const broken = (name: string) => ({ name, check: () => Promise.reject(new Error('connect ECONNREFUSED')) });
const silent = (name: string) => ({ name, check: () => new Promise<void>(() => {}) });

test('it is healthy when every probe gets through', async () => {
  await using admin = await startAdmin({ probes: [working('mqtt'), working('rest')] });
  const { status, body } = await admin.ask('GET', '/health');
  expect([status, body]).toEqual([200, { status: 'healthy', checks: { mqtt: 'ok', rest: 'ok' } }]);
});

test('it is not when one fails or says nothing, and tells which', async () => {
  await using admin = await startAdmin({ probes: [broken('mqtt'), working('rest'), silent('amqp')], patience: 20 });
  const { status, body } = await admin.ask('GET', '/health');
  expect([status, body]).toEqual([
    503,
    { status: 'unhealthy', checks: { mqtt: 'connect ECONNREFUSED', rest: 'ok', amqp: 'no answer within 20 ms' } },
  ]);
});

test('it is ready once all is open', async () => {
  let open = false;
  await using admin = await startAdmin({ isReady: () => open });
  expect(await admin.ask('GET', '/ready')).toMatchObject({ status: 503, body: { status: 'starting' } });
  open = true;
  expect(await admin.ask('GET', '/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
});

test('it hands out the CA and says what it is', async () => {
  await using admin = await startAdmin();
  expect(await admin.ask('GET', '/ca.pem')).toMatchObject({ status: 200, text: CA });
  expect(await admin.ask('GET', '/info')).toMatchObject({ status: 200, body: { hostName: 'localhost' } });
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

test('names of this machine may be given', async () => {
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

test('nobody else may put its answers into a page', async () => {
  await using admin = await startAdmin();
  expect((await admin.ask('GET', '/info')).headers).toMatchObject({
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
});

test('where other machines can reach it, it demands its token', async () => {
  await using admin = await startAdmin({ token: 'open sesame' }, '0.0.0.0');
  const as = (authorization: string) => ({ authorization, host: 'emulator:8088' });
  expect((await admin.ask('GET', '/info')).status).toBe(401);
  expect((await admin.ask('GET', '/info', { authorization: 'Bearer open' })).status).toBe(401);
  expect((await admin.ask('GET', '/info', as('Bearer open sesam'))).status).toBe(403);
  expect((await admin.ask('GET', '/info', as('Bearer open sesame'))).status).toBe(200);
  expect((await admin.ask('GET', '/ready')).status).toBe(200);
  const origin = { ...as('Bearer open sesame'), origin: 'http://evil.example' };
  expect((await admin.ask('GET', '/info', origin)).status).toBe(403);
});

test('without a token it stays on this machine', async () => {
  const { log } = listeningLog();
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.org']) {
    const server = createAdminServer({ log, probes: [], info: () => ({}) });
    await expect(server.listen(host, 0)).rejects.toThrow(RangeError);
  }
});

test('a busy port is named', async () => {
  await using admin = await startAdmin();
  const { log } = listeningLog();
  const second = createAdminServer({ log, probes: [], info: () => ({}) });
  await expect(second.listen('127.0.0.1', admin.port)).rejects.toMatchObject({
    name: 'PortError',
    port: admin.port,
    code: 'EADDRINUSE',
  });
  await second.close();
});

test('further operations are rows of the same table', async () => {
  const routes = [
    adminRoute('POST /echo/:word', { body: json }, ({ params, body }) => ok({ word: params.word, body })),
    adminRoute('POST /refused', {}, () => {
      throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'line 1, column 7' });
    }),
    adminRoute('GET /broken', {}, () => {
      throw new TypeError('secret');
    }),
  ];
  await using admin = await startAdmin({ routes });
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

test('closing drops whoever is connected', async () => {
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
