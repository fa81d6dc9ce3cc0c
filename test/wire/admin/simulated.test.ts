import { expect, test } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { startAdmin } from '../../support/wire/admin-hub.ts';
import { readEvents } from '../../support/wire/server-sent-events.ts';

/** The stream of a simulated device. */
const be = (port: number, id: string) => readEvents(`http://127.0.0.1:${port}/simulated/${id}`);

test('the reader of the stream is the device: it hears, reports, sends and answers', async () => {
  await using admin = await startAdmin();
  const { hub } = admin;
  const device = await be(admin.port, 'd1');
  expect(await device.next()).toEqual({ type: 'connected' });
  expect((await admin.ask('GET', '/connections')).body).toMatchObject([{ id: 'd1', protocol: 'browser' }]);
  hub.twins.patch('d1', { properties: { desired: { lamp: 'on' } } });
  expect(await device.next()).toEqual({ type: 'desired', patch: { lamp: 'on', $version: 2 }, version: 2 });
  expect((await admin.ask('POST', '/simulated/d1/report', { patch: { lamp: 'on' } })).status).toBe(204);
  expect(hub.twins.get('d1').twin.reported).toMatchObject({ values: { lamp: 'on' }, version: 2 });
  const answer = hub.methods.invoke('d1', { methodName: 'blink', payload: { times: 3 } });
  const { requestId } = (await device.next()) as { requestId: string };
  await admin.ask('POST', '/simulated/d1/answer', { requestId, payload: { blinked: 3 } });
  expect(await answer).toMatchObject({ status: 200, payload: { value: { blinked: 3 } } });
  hub.inbox.enqueue('d1', { body: Buffer.from('hello'), properties: { a: '1' }, system: {} });
  expect(await device.next()).toEqual({ type: 'message', body: 'hello', properties: { a: '1' } });
  expect(hub.inbox.list('d1')).toEqual([]);
  const sent = new Promise((done) => hub.events.listen((event) => event.type === 'telemetry' && done(event)));
  await admin.ask('POST', '/simulated/d1/telemetry', { body: '{"button":"pressed"}', properties: { level: 'high' } });
  expect(await sent).toMatchObject({
    key: 'd1',
    message: { properties: { level: 'high' }, system: { contentType: 'application/json' } },
  });
  expect(hub.history.list('d1').at(-1)?.by).toEqual({ kind: 'device', id: 'd1' });
  device.stop();
  await expect.poll(async () => (await admin.ask('GET', '/connections')).body).toEqual([]);
});

test('a device that is disconnected is told why, and its stream ends', async () => {
  await using admin = await startAdmin();
  const device = await be(admin.port, 'd1');
  await device.next();
  await admin.ask('POST', '/connections/d1/disconnect');
  expect([await device.next(), await device.next()]).toEqual([
    { type: 'end', why: 'it was disconnected on request' },
    undefined,
  ]);
});

test('messages that wait are heard when the device connects', async () => {
  await using admin = await startAdmin();
  admin.hub.inbox.enqueue('d1', { body: Buffer.from([255]), properties: {}, system: {} });
  const device = await be(admin.port, 'd1');
  await device.next();
  expect(await device.next()).toEqual({ type: 'message', body: { base64: '/w==' }, properties: {} });
  device.stop();
});

test('nobody sends for a device that is not simulated, is disabled or is not there', async () => {
  await using admin = await startAdmin();
  expect(await admin.ask('POST', '/simulated/d1/telemetry', { body: 'x' })).toMatchObject({
    status: 404,
    body: { code: 'DeviceNotOnline' },
  });
  expect((await admin.ask('GET', '/simulated/nobody')).status).toBe(404);
  admin.hub.registry.put({ deviceId: 'd1' }, { deviceId: 'd1', status: 'disabled' }, '*');
  expect((await admin.ask('GET', '/simulated/d1')).status).toBe(401);
});

const FAN = { title: 'A fan', telemetry: { rpm: [0, 900] }, reported: { on: true }, methods: { spin: { ok: 1 } } };

test('a template is saved in the hub, listed after those that every hub has, replaced and deleted', async () => {
  await using admin = await startAdmin();
  const saved = async () =>
    ((await admin.ask('GET', '/templates')).body as { isSaved: boolean }[]).filter(({ isSaved }) => isSaved);
  expect(await saved()).toEqual([]);
  expect((await admin.ask('PUT', '/templates/fan-2.0', FAN)).status).toBe(204);
  expect(await saved()).toEqual([{ name: 'fan-2.0', ...FAN, isSaved: true }]);
  expect((await admin.ask('PUT', '/templates/fan-2.0', {})).status).toBe(204);
  expect(await saved()).toEqual([
    { name: 'fan-2.0', title: '', telemetry: {}, reported: {}, methods: {}, isSaved: true },
  ]);
  expect((await admin.ask('DELETE', '/templates/fan-2.0')).status).toBe(204);
  expect((await admin.ask('DELETE', '/templates/fan-2.0')).status).toBe(404);
  expect(await saved()).toEqual([]);
});

test.each([
  ['/templates/lamp', FAN, 409, 'every hub has'],
  ['/templates/%3Cb%3E', FAN, 400, 'not a valid name'],
  [`/templates/${'a'.repeat(65)}`, FAN, 400, 'not a valid name'],
  ['/templates/fan', { ...FAN, telemetry: { rpm: [1] } }, 400, 'telemetry'],
  ['/templates/fan', { ...FAN, speed: 1 }, 400, 'speed'],
  ['/templates/fan', { methods: { long: 'x'.repeat(40_000) } }, 413, '32768 characters'],
])('PUT %s is refused if it is not a template: %#', async (path, body, status, words) => {
  await using admin = await startAdmin();
  const answer = await admin.ask('PUT', path, body);
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
  expect([...admin.hub.changes.space('device-templates').entries()]).toEqual([]);
});

test('no more than a hundred are kept', async () => {
  await using admin = await startAdmin();
  for (let n = 1; n <= 100; n += 1) admin.hub.deviceTemplates.save(`t${n}`, { ...FAN, telemetry: {} });
  expect((await admin.ask('PUT', '/templates/t101', FAN)).status).toBe(409);
  expect((await admin.ask('PUT', '/templates/t100', FAN)).status).toBe(204);
});

test('a snapshot has the templates of its moment; one of an earlier version has none', async () => {
  await using admin = await startAdmin();
  const { hub } = admin;
  const before = takeSnapshot(hub);
  hub.deviceTemplates.save('fan', { ...FAN, telemetry: {} });
  const after = takeSnapshot(hub);
  const { 'device-templates': _, ...older } = before.spaces;
  restoreSnapshot(hub, { ...before, spaces: older as typeof before.spaces });
  expect(hub.deviceTemplates.list().some(({ name }) => name === 'fan')).toBe(false);
  restoreSnapshot(hub, after);
  expect(hub.deviceTemplates.list().some(({ name }) => name === 'fan')).toBe(true);
});
