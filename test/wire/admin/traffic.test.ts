import { type Emulator, startEmulator } from 'iothub-emulator';
import { clientFromConnectionString, Message } from 'iothub-emulator/device';
import { Client, Registry } from 'iothub-emulator/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Exchange, type ExchangeSource, Traffic } from '../../../emulator/servers/traffic/traffic.ts';
import { TrafficOfForks } from '../../../emulator/servers/traffic/traffic-of-forks.ts';
import type { TrafficDetail, TrafficEntry } from '../../../protocol/traffic.ts';
import { sharedCa } from '../../support/programs/command.ts';

let emulator: Emulator;
let device: ReturnType<typeof clientFromConnectionString>;
let registry: Registry;

beforeAll(async () => {
  emulator = await startEmulator({ caDir: sharedCa, devices: ['d1'], clock: '2026-11-29T12:00:00Z', trust: 'process' });
  device = clientFromConnectionString(emulator.deviceConnectionString('d1'));
  await device.open();
  device.onDeviceMethod('reboot', (_, response) => void response.send(200, { done: true }));
  registry = Registry.fromConnectionString(emulator.connectionString());
});
afterAll(async () => {
  await device.close();
  await emulator.close();
});

const ask = async (search: string): Promise<readonly TrafficEntry[]> =>
  (await fetch(`${emulator.adminUrl}/traffic?search=${encodeURIComponent(search)}`)).json() as Promise<TrafficEntry[]>; // its schema is tested elsewhere

const detail = async (id = 0): Promise<TrafficDetail> =>
  (await fetch(`${emulator.adminUrl}/traffic/${id}`)).json() as Promise<TrafficDetail>; // as above

const at = '2026-11-29T12:00:00.000Z';

test('a report is kept with its answer', async () => {
  const twin = await device.getTwin();
  await new Promise((done) => twin.properties.reported.update({ door: 'open' }, done));
  const [entry] = await ask('op:twin.report');
  expect(entry).toEqual({
    id: expect.any(Number),
    at,
    who: 'd1',
    role: 'device',
    protocol: 'MQTT',
    operation: 'twin.report',
    asked: 'PATCH reported',
    body: '{"door":"open"}',
    answered: '204',
    status: 204,
    outcome: 'ok',
    why: '$version 2',
  });
  // https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub#update-device-twins-reported-properties
  expect(await detail(entry?.id)).toMatchObject({
    request: {
      line: 'PUBLISH',
      fields: [['topic', expect.stringMatching(/^\$iothub\/twin\/PATCH\/properties\/reported\/\?\$rid=/)]],
      body: '{"door":"open"}',
    },
    answer: {
      line: 'PUBLISH',
      fields: [['topic', expect.stringMatching(/^\$iothub\/twin\/res\/204\/\?\$rid=.*&\$version=2$/)]],
    },
  });
});

test('a refused report has the cause, in the words of the answer', async () => {
  const twin = await device.getTwin();
  await new Promise((done) => twin.properties.reported.update({ 'a.b': 1 }, done));
  expect(await ask('op:twin.report errors')).toMatchObject([
    {
      status: 400,
      outcome: 'refused',
      why: expect.stringContaining('invalid characters'),
      remedy: 'correct what the device sends',
    },
  ]);
});

test('a refused connection has the cause, and no secret', async () => {
  const key = Buffer.from('another key').toString('base64');
  const other = clientFromConnectionString(
    emulator.deviceConnectionString('d1').replace(/SharedAccessKey=.*/, `SharedAccessKey=${key}`),
  );
  await expect(other.open()).rejects.toThrow();
  const [entry] = await ask('op:connect status:refused*');
  expect(entry).toMatchObject({
    who: 'd1',
    answered: 'refused 5',
    why: 'the signature does not fit a key of the device',
  });
  const { request } = await detail(entry?.id);
  expect(request.fields.map(([name]) => name)).toEqual(['client id', 'user name', 'clean session']);
});

test('a call of a method is seen at the device and at the service', async () => {
  const service = Client.fromConnectionString(emulator.connectionString());
  await service.invokeDeviceMethod('d1', { methodName: 'reboot', payload: { inSeconds: 5 } });
  expect(await ask('reboot')).toMatchObject([
    { who: 'd1', asked: 'method reboot', body: '{"inSeconds":5}', answered: '→ 200', outcome: 'ok' },
    { who: 'iothubowner', protocol: 'REST', asked: 'POST /twins/d1/methods', answered: '200' },
  ]);
});

test('requests of services are kept; keys and signatures are masked', async () => {
  await registry.get('d1');
  const [entry] = await ask('"GET /devices/d1"');
  const { request, answer } = await detail(entry?.id);
  expect(Object.fromEntries(request.fields).authorization).toMatch(/&sig=••••&/);
  expect(answer.body).toContain('"symmetricKey":{"primaryKey":"••••","secondaryKey":"••••"}');
  await expect(registry.get('none')).rejects.toThrow();
  expect(await ask('status:4xx proto:rest')).toMatchObject([
    { asked: 'GET /devices/none', answered: '404', remedy: expect.stringContaining('create the device') },
  ]);
});

test('health checks are not kept; what the page asks is marked', async () => {
  const before = await ask('');
  await fetch(`${emulator.adminUrl}/health`);
  await fetch(`${emulator.adminUrl}/service/devices/d1?api-version=2021-04-12`);
  const after = await ask('');
  expect(after.slice(before.length)).toMatchObject([{ who: 'page', asked: 'GET /devices/d1' }]);
});

test.each(['/traffic?format=stream&search=op:telemetry', '/events?traffic=yes'])('%s goes on', async (path) => {
  const stop = new AbortController();
  const { body } = await fetch(`${emulator.adminUrl}${path}`, { signal: stop.signal });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader?.read())?.value ?? '';
  emulator.hub.twins.report('d1', { unseen: 1 });
  await device.sendEvent(new Message('{"celsius":21}'));
  while (!text.includes('"operation":"telemetry"')) text += (await reader?.read())?.value ?? '';
  expect(text).toContain('event: traffic\ndata: {"id":');
  stop.abort();
});

test('all of it can be removed', async () => {
  expect((await fetch(`${emulator.adminUrl}/traffic`, { method: 'DELETE' })).status).toBe(204);
  expect(await ask('')).toEqual([]);
  expect((await fetch(`${emulator.adminUrl}/traffic/1`)).status).toBe(404);
});

const side = { line: '', fields: [] };
const exchange = (asked: string, bytes: number) => ({
  outcome: 'ok' as const,
  bytes,
  summary: () => ({
    who: 'd1',
    role: 'device' as const,
    protocol: 'MQTT',
    operation: 'telemetry',
    asked,
    answered: 'accepted',
    outcome: 'ok' as const,
  }),
  sides: () => ({ request: side, answer: side }),
});
const keptIn = (traffic: Traffic) => [...traffic.back()].map(({ exchange: { summary } }) => summary().asked);

test('no more than so many entries and bytes are kept', () => {
  const traffic = new Traffic(() => 0, { entries: 3, bytes: 100 });
  const kept = () => keptIn(traffic);
  for (const name of ['a', 'b', 'c', 'd']) traffic.record(exchange(name, 10));
  expect(kept()).toEqual(['d', 'c', 'b']);
  traffic.record(exchange('e', 85));
  expect(kept()).toEqual(['e', 'd']);
  traffic.record(exchange('f', 1000));
  expect(kept()).toEqual(['f']);
});

test('short requests are kept as they were sent, among others and up to the limit', () => {
  const made = (request: Buffer, version: number | undefined) =>
    ({ outcome: 'ok', bytes: 10, summary: () => ({ request, version }) }) as unknown as Exchange;
  const source: ExchangeSource = { exchange: made };
  const traffic = new Traffic(() => 0, { entries: 4, bytes: 100 });
  const kept = () => [...traffic.back()].map(({ id, exchange }) => ({ id, ...exchange.summary() }));
  const short = Buffer.from([0, 0xff, 0xc3]);
  traffic.recordAccepted(source, Buffer.from('gone'), 1);
  traffic.recordAccepted(source, short, 7);
  short.fill(0); // as a socket may use its memory again
  traffic.record(made(Buffer.from('other'), 8));
  traffic.recordAccepted(source, Buffer.from('telemetry'), undefined);
  traffic.recordAccepted(source, Buffer.alloc(400, 'a'), 9);
  expect(kept()).toEqual([
    { id: 5, request: Buffer.alloc(400, 'a'), version: 9 },
    { id: 4, request: Buffer.from('telemetry'), version: undefined },
    { id: 3, request: Buffer.from('other'), version: 8 },
    { id: 2, request: Buffer.from([0, 0xff, 0xc3]), version: 7 },
  ]);
  traffic.clear();
  expect(kept()).toEqual([]);
});

test('what was refused is given before what was answered as usual, however much of that there is', () => {
  const source: ExchangeSource = { exchange: (request) => exchange(request.toString(), 1) };
  const traffic = new Traffic(() => 0);
  traffic.record({ ...exchange('refused', 1), outcome: 'refused' });
  for (let i = 1; i <= 100; i += 1) traffic.recordAccepted(source, Buffer.from(`s${i}`), i);
  const { kept, leftOut } = traffic.after(0, 2);
  expect(kept.map(({ exchange }) => exchange.summary().asked)).toEqual(['refused', 's99', 's100']);
  expect(leftOut).toBe(98);
});

test('a search leaves out only what fits', () => {
  const traffic = new Traffic(() => 0);
  for (const name of ['a1', 'b1', 'a2', 'b2', 'a3']) traffic.record(exchange(name, 1));
  const { kept, leftOut } = traffic.after(0, 2, ({ exchange }) => exchange.summary().asked.startsWith('a'));
  expect(kept.map(({ exchange }) => exchange.summary().asked)).toEqual(['a2', 'a3']);
  expect(leftOut).toBe(1);
});

test('forks share the room: the one that has most forgets its oldest entry, and a quiet one keeps what it has', () => {
  const room = new TrafficOfForks({ entries: 6, bytes: 100 });
  const [loud, quiet, third] = [
    room.share(() => 0),
    room.share(() => 0),
    room.share(() => 0, { entries: 2, bytes: 80 }),
  ];
  quiet.record(exchange('q1', 1));
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) loud.record(exchange(name, 1));
  for (const name of ['x', 'y', 'z']) third.record(exchange(name, 1));
  expect([loud, quiet, third].map(keptIn)).toEqual([['g', 'f', 'e'], ['q1'], ['z', 'y']]);
  quiet.record(exchange('q2', 90));
  expect([loud, quiet, third].map(keptIn)).toEqual([['g', 'f', 'e'], ['q2'], ['z', 'y']]);
  quiet.record(exchange('q3', 500)); // alone too large for all
  expect([loud, quiet, third].map(({ size }) => size)).toEqual([3, 0, 2]);
  loud.clear();
  expect([loud.size, loud.bytes, third.size]).toEqual([0, 0, 2]);
});

test('short requests of forks count with their bytes, so that all forks together keep to the limit', () => {
  const room = new TrafficOfForks({ entries: 100, bytes: 100 });
  const forks = [room.share(() => 0), room.share(() => 0)];
  const source: ExchangeSource = { exchange: (request) => exchange(request.toString(), 30) };
  for (const name of ['a', 'b', 'c']) for (const fork of forks) fork.recordAccepted(source, Buffer.from(name), 1);
  // three fit; of two that have as many, the one that records gives way
  expect(forks.map(keptIn)).toEqual([['c', 'b'], ['c']]);
  expect(forks.map(({ bytes }) => bytes)).toEqual([60, 30]);
});
