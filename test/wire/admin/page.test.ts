import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { pageFiles } from '../../../emulator/servers/admin/page/files.ts';
import { type AdminOptions, createAdminServer } from '../../../emulator/servers/admin/server.ts';
import { freshFolder, sharedCa } from '../../support/programs/command.ts';
import { info } from '../../support/wire/admin-hub.ts';
import { listeningLog, type Reply, send } from '../../support/wire/rest-client.ts';

const builtPage = (): string => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets/view-B1a2.js'), 'export {};');
  writeFileSync(join(folder, 'secret.js'), 'secret');
  return folder;
};

const startAdmin = async (options: Partial<AdminOptions> = {}, host = '127.0.0.1') => {
  const page = pageFiles(builtPage());
  const server = createAdminServer({ log: listeningLog().log, probes: [], info, page, ...options });
  const port = await server.listen(host, 0);
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Reply> =>
    send({ port, method, path, headers: { host: `localhost:${port}`, ...headers }, body });
  return { port, ask, [Symbol.asyncDispose]: () => server.close() };
};

test.each(['/', '/hub/localhost/devices/d1?q=x', '/hub/team7'])('%s is the page', async (path) => {
  await using admin = await startAdmin();
  expect(await admin.ask('GET', path)).toMatchObject({
    status: 200,
    text: '<!doctype html>',
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
  });
});

test('nothing is loaded from elsewhere, and the page cannot be framed', async () => {
  await using admin = await startAdmin();
  for (const path of ['/', '/assets/view-B1a2.js'])
    expect((await admin.ask('GET', path)).headers).toMatchObject({
      'content-security-policy':
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
});

test('its files may be kept, as their names change with them', async () => {
  await using admin = await startAdmin();
  const { headers, text } = await admin.ask('GET', '/assets/view-B1a2.js');
  expect([text, headers['content-type'], headers['cache-control']]).toEqual([
    'export {};',
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ]);
});

test.each(['/assets/none.js', '/assets/..%2fsecret.js', '/assets/../secret.js', '/assets/%2e%2e/secret.js', '/assets'])(
  '%s is not a file of the page',
  async (path) => {
    await using admin = await startAdmin();
    expect((await admin.ask('GET', path)).status).toBe(404);
  },
);

test('a checkout without a built page says how to build it', async () => {
  await using admin = await startAdmin({ page: pageFiles(freshFolder()) });
  expect(await admin.ask('GET', '/')).toMatchObject({
    status: 404,
    text: 'The page of this checkout is not built yet. Run: npm run page:build\n',
  });
});

const FEEDBACK = '/service/messages/serviceBound/feedback?api-version=2021-04-12';

test('pages of others and rebound names get nothing of it, nor of the service API behind it', async () => {
  const asked: string[] = [];
  await using admin = await startAdmin({ askService: ({ url = '' }) => void asked.push(url) });
  for (const path of ['/', '/hub/localhost', '/assets/view-B1a2.js', '/service/devices?api-version=2021-04-12']) {
    expect((await admin.ask('GET', path, { host: 'evil.example' })).status).toBe(403);
    expect((await admin.ask('GET', path, { origin: 'http://evil.example' })).status).toBe(403);
  }
  // https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header: an image on a page of others is fetched without an origin
  for (const site of ['cross-site', 'same-site'])
    expect((await admin.ask('GET', FEEDBACK, { 'sec-fetch-site': site })).status).toBe(403);
  expect(asked).toEqual([]);
});

test('with a token the page is for everybody; a browser changes the token for a cookie', async () => {
  await using admin = await startAdmin({ token: 'open sesame', hosts: ['teacher.local'] }, '0.0.0.0');
  const host = { host: 'teacher.local:8088', origin: 'http://teacher.local:8088' };
  expect((await admin.ask('GET', '/', host)).status).toBe(200);
  expect((await admin.ask('GET', '/info', host)).status).toBe(401);
  expect((await admin.ask('POST', '/session', host, { token: 'open sesam' })).status).toBe(401);
  const { status, headers } = await admin.ask('POST', '/session', host, { token: 'open sesame' });
  const set = String(headers['set-cookie']);
  expect([status, set]).toEqual([
    204,
    expect.stringMatching(/^iothub-emulator-\w{8}=\w{56}; Path=\/; HttpOnly; SameSite=Strict$/),
  ]);
  const [cookie = ''] = set.split(';');
  expect((await admin.ask('GET', '/info', { ...host, cookie: `other=1; ${cookie}` })).status).toBe(200);
  expect((await admin.ask('GET', '/info', { ...host, cookie: `${cookie}0` })).status).toBe(401);
  expect((await admin.ask('GET', '/info', { ...host, cookie, origin: 'http://evil.example' })).status).toBe(403);
});

test('the service API is asked with the rights of the owner, and answers as on its own port', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa, devices: ['d1'] });
  const at = (path: string) => `${emulator.adminUrl}/service${path}?api-version=2021-04-12`;
  const found = await fetch(at('/devices/d1'));
  expect([found.status, await found.json()]).toMatchObject([200, { deviceId: 'd1', status: 'enabled' }]);
  expect(found.headers.get('x-frame-options')).toBe('DENY');
  const missing = await fetch(at('/devices/d2'));
  expect([missing.status, missing.headers.get('iothub-errorcode')]).toEqual([404, 'DeviceNotFound']);
  const created = await fetch(at('/devices/d2'), { method: 'PUT', body: JSON.stringify({ deviceId: 'd2' }) });
  expect(created.status).toBe(200);
  const { operations } = (await (await fetch(`${emulator.adminUrl}/info`)).json()) as { operations: string[] };
  expect(operations).toEqual(expect.arrayContaining(['GET /service/*', 'GET /clock', 'POST /session']));
});
