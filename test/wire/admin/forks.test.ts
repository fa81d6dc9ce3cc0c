import { type Emulator, startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClassState } from '../../../protocol/admin/lessons.ts';
import { sharedCa } from '../../support/programs/command.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: '2030-01-01T00:00:00Z' });
});
afterAll(() => emulator.close());

const ask = async (operation: string, body?: object) => {
  const [method = '', path = ''] = operation.split(' ');
  const response = await fetch(emulator.adminUrl + path, { method, body: body ? JSON.stringify(body) : null });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

test('a fork is made, listed and closed', async () => {
  expect(await ask('POST /hubs', { name: 'oslo' })).toEqual({
    status: 200,
    body: { name: 'oslo', connectionString: expect.any(String) },
  });
  expect((await ask('GET /hubs')).body).toEqual([
    { name: 'localhost', hostname: 'localhost', isOriginal: true, devices: 1, connected: 0 },
    { name: 'oslo', hostname: 'oslo.hub.localhost', isOriginal: false, devices: 1, connected: 0 },
  ]);
  expect((await ask('DELETE /hubs/oslo')).status).toBe(204);
  expect((await ask('GET /hubs')).body).toHaveLength(1);
  expect((await ask('DELETE /hubs/oslo')).body.error).toContain('oslo');
});

test('a fork has a name if none is given, and no other name than one that can be part of a host name', async () => {
  const { body } = await ask('POST /hubs');
  expect(body.name).toMatch(/^fork-\d+$/);
  expect(await ask('POST /hubs', { name: body.name })).toMatchObject({
    status: 400,
    body: { code: 'ArgumentInvalid' },
  });
  expect((await ask('POST /hubs', { name: 'No Name' })).status).toBe(400);
  expect((await ask('POST /hubs', { from: 'nowhere' })).status).toBe(404);
  await ask(`DELETE /hubs/${body.name}`);
});

test('the operations below the name of a fork are for this fork', async () => {
  await ask('POST /hubs', { name: 'team' });
  await ask('POST /hubs/team/faults', { effect: { type: 'throttle' }, match: { operation: 'rest' } });
  await ask('POST /hubs/team/clock/advance', { by: '1h' });
  await ask('POST /hubs/team/seed', { devices: ['lamp'] });
  expect((await ask('GET /hubs/team/faults')).body).toHaveLength(1);
  expect((await ask('GET /hubs/team/clock')).body.now).toBe('2030-01-01T01:00:00.000Z');
  expect((await ask('GET /hubs/team/twins/lamp')).status).toBe(200);
  expect((await ask('GET /hubs/team/info')).body.lastEvent).toBeGreaterThan(0);
  expect((await ask('GET /faults')).body).toEqual([]);
  expect((await ask('GET /clock')).body.now).toBe('2030-01-01T00:00:00.000Z');
  expect((await ask('GET /twins/lamp')).status).toBe(404);
  const [own, other] = await Promise.all(
    ['/hubs/team', ''].map(async (base) => (await ask(`GET ${base}/connection-string?device=oven`)).body),
  );
  expect(own.connectionString).not.toBe(other.connectionString);
  await ask('DELETE /hubs/team');
  expect((await ask('GET /hubs/team/faults')).status).toBe(404);
});

test('a fork of a fork has what that has, with keys of its own', async () => {
  await ask('POST /hubs', { name: 'base' });
  await ask('POST /hubs/base/seed', { devices: ['lamp', { id: 'given', primaryKey: 'Z2l2ZW4ta2V5LW9mLTE2LWJ5dGVz' }] });
  await ask('POST /hubs', { name: 'copy', from: 'base' });
  const stringOf = async (hub: string, device: string): Promise<string> =>
    (await ask(`GET /hubs/${hub}/connection-string?device=${device}`)).body.connectionString;
  expect(await stringOf('copy', 'lamp')).not.toBe(await stringOf('base', 'lamp'));
  // a key that was given leads to no hub by itself: the string names one
  expect(await stringOf('copy', 'given')).toContain('HostName=copy.hub.localhost:');
  expect(await stringOf('copy', 'lamp')).toContain('HostName=localhost:');
  await ask('POST /hubs/copy/seed?seal=no', { devices: ['kiln'] });
  await ask('POST /hubs/copy/reset');
  expect((await ask('GET /hubs/copy/twins/kiln')).status).toBe(404);
  expect((await ask('GET /hubs/copy/twins/lamp')).status).toBe(200);
  for (const name of ['copy', 'base']) await ask(`DELETE /hubs/${name}`);
});

test('what a fork does not have says so', async () => {
  await ask('POST /hubs', { name: 'team' });
  expect((await ask('GET /hubs/team/connection-string?events=events&plain=yes')).body.error).toContain(
    'forks have none',
  );
  expect((await ask('GET /hubs/team/class')).body.error).toBe('There is no GET /hubs/team/class.');
  expect((await ask('PUT /hubs/team/faults')).status).toBe(405);
  expect((await ask('GET /hubs/team/info')).body.operations).not.toContain('GET /class');
  await ask('DELETE /hubs/team');
});

test('the page asks the service API of a fork', async () => {
  await ask('POST /hubs', { name: 'team' });
  await ask('POST /hubs/team/seed', { devices: ['lamp'] });
  const path = '/service/devices/lamp?api-version=2021-04-12';
  expect((await ask(`GET /hubs/team${path}`)).body.deviceId).toBe('lamp');
  expect((await ask(`GET ${path}`)).status).toBe(404);
  await ask('DELETE /hubs/team');
});

test('forks are refused without the token', async () => {
  await using open = await startEmulator({ caDir: sharedCa, adminToken: 'secret', devices: ['oven'] });
  open.fork('team');
  for (const path of ['/hubs', '/hubs/team/faults', '/hubs/nowhere/faults', '/hubs/team/service/devices/oven'])
    expect((await fetch(open.adminUrl + path)).status, path).toBe(401);
});

test('a reset ends what of the lessons was done, and the hub of a student stays', async () => {
  await using other = await startEmulator({ caDir: sharedCa, devices: ['oven'] });
  const [hub] = await other.openClass({ students: ['Ada'], lesson: 'queries' });
  hub?.hub.twins.patch('oven', { tags: { location: { plant: 'Redmond43' } } });
  const done = async () =>
    ((await (await fetch(`${other.adminUrl}/class`)).json()) as ClassState).students.map((student) => student.done);
  expect(await done()).toEqual([[true, false, false]]);
  await fetch(`${other.adminUrl}/hubs/ada/reset`, { method: 'POST' });
  expect(await done()).toEqual([[false, false, false]]);
  const refused = await fetch(`${other.adminUrl}/hubs/ada`, { method: 'DELETE' });
  expect(await refused.json()).toMatchObject({ error: 'ada is the hub of a student of the class' });
});
