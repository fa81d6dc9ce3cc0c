import iothub from 'azure-iothub';
import { startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../../emulator/index.ts';
import { sharedCa } from '../../support/programs/command.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({
    caDir: sharedCa,
    devices: [{ id: 'oven', tags: { hall: 4 } }],
    clock: 'virtual',
    trust: 'process',
  });
});
afterAll(() => emulator.close());

const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${emulator.adminUrl}${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
};

test('a fork that is made here takes the SDK of Microsoft, and has the operations of a hub', async () => {
  const { body } = await ask('POST', '/hubs', { name: 'blue' });
  await iothub.Registry.fromConnectionString(body.connectionString).updateTwin('oven', { tags: { hall: 9 } }, '*');
  expect((await ask('GET', '/hubs/blue/twins/oven')).body).toMatchObject({ tags: { hall: 9 } });
  expect((await ask('GET', '/twins/oven')).body).toMatchObject({ tags: { hall: 4 } });
  expect((await ask('GET', '/compare?right=hub:blue')).body).toMatchObject({
    changed: [{ id: 'oven', changes: [{ path: 'tags.hall', before: 4, after: 9 }] }],
  });
  expect((await ask('GET', '/hubs')).body).toMatchObject([
    { name: 'localhost', isOriginal: true, devices: 1, connected: 0 },
    { name: 'blue', hostname: 'blue.hub.localhost', isOriginal: false, devices: 1 },
  ]);
  expect(await ask('DELETE', '/hubs/blue')).toEqual({ status: 204, body: undefined });
  expect((await ask('GET', '/hubs/blue/twins/oven')).status).toBe(404);
});

test('the service API of a fork answers below it, and its info names what it has', async () => {
  await using fork = emulator.fork('green');
  const query = { query: 'SELECT deviceId FROM devices' };
  expect((await ask('POST', '/hubs/green/service/devices/query?api-version=2021-04-12', query)).body).toEqual([
    { deviceId: 'oven' },
  ]);
  const { body } = await ask('GET', '/hubs/green/info');
  expect(body).toMatchObject({ hostname: 'green.hub.localhost', data: null });
  expect(body.operations).toEqual(
    expect.arrayContaining(['GET /live-query', 'GET /traffic', 'GET /service/*', 'GET /lessons']),
  );
  for (const missing of ['GET /emulators', 'GET /hubs', 'POST /trace', 'GET /class'])
    expect(body.operations).not.toContain(missing);
  await ask('POST', '/hubs/green/clock/advance', { by: '1h' });
  expect((await ask('GET', '/hubs/green/clock')).body.now).not.toBe((await ask('GET', '/clock')).body.now);
  expect(fork.hub.fleet.devices.size).toBe(1);
});

test('strings of a fork reach the fork', async () => {
  await using fork = emulator.fork('red');
  const [key] = /SharedAccessKey=.*/.exec(fork.connectionString()) ?? [];
  expect((await ask('GET', '/hubs/red/connection-string')).body.connectionString).toMatch(/^HostName=localhost/);
  expect((await ask('GET', '/hubs/red/connection-string')).body.connectionString).toContain(key);
  expect((await ask('GET', '/hubs/red/connection-string?device=oven')).body.connectionString).toContain(
    'DeviceId=oven',
  );
});

test.each([
  ['POST', '/hubs', { name: 'Not A Name' }, 400],
  ['DELETE', '/hubs/nobody', undefined, 404],
  ['GET', '/hubs/nobody/twins/oven', undefined, 404],
  ['GET', '/hubs/nobody/service/devices', undefined, 404],
  ['GET', '/hubs/nobody/events', undefined, 404],
])('%s %s is refused', async (method, path, body, status) => {
  expect((await ask(method, path, body)).status).toBe(status);
});

test('a page of others gets nothing of a fork, not even whether there is one', async () => {
  await using _ = emulator.fork('secret');
  for (const name of ['secret', 'nobody'])
    for (const path of ['twins/oven', 'service/devices', 'info'])
      expect((await ask('GET', `/hubs/${name}/${path}`, undefined, { origin: 'http://evil.example' })).status).toBe(
        403,
      );
});

test('where a token is needed, forks need it too', async () => {
  await using open = await startEmulator({
    caDir: sharedCa,
    adminToken: 'open sesame',
    devices: ['d1'],
    trust: 'process',
  });
  open.fork('blue');
  const statusOf = async (path: string, headers: Record<string, string>) =>
    (await fetch(`${open.adminUrl}/hubs/blue/${path}`, { headers })).status;
  for (const path of ['twins/d1', 'service/devices?api-version=2021-04-12', 'info'])
    expect([await statusOf(path, {}), await statusOf(path, { authorization: 'Bearer open sesame' })]).toEqual([
      401, 200,
    ]);
});

test('the stream of a fork says once what went before it, and then waits for what happens', async () => {
  await using fork = emulator.fork('calm');
  const stop = new AbortController();
  const { body } = await fetch(`${emulator.adminUrl}/hubs/calm/events`, { signal: stop.signal });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const readUntil = async (end: string) => {
    while (!text.includes(end)) text += (await reader?.read())?.value ?? '';
  };
  await readUntil('event: missed');
  fork.hub.twins.report('oven', { door: 'open' });
  await readUntil('event: twin.reported');
  expect(text.match(/event: missed/g)).toHaveLength(1);
  stop.abort();
});
