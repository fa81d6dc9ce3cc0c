import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Emulator, startEmulator, VirtualClock } from 'iothub-emulator';
import { clientFromConnectionString } from 'iothub-emulator/device';
import { expect, test } from 'vitest';
import { replay } from '../../emulator/traces/replay.ts';
import { sharedCa } from '../support/programs/command.ts';

const ask = async (emulator: Emulator, operation: string, body?: object) => {
  const [method = '', path = ''] = operation.split(' ');
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${emulator.adminUrl}${path}`, init);
  return { status: response.status, body: JSON.parse(await response.text()) };
};

const saved = async (emulator: Emulator): Promise<string> => {
  const response = await fetch(`${emulator.adminUrl}/trace/file`);
  expect(response.headers.get('content-type')).toBe('application/gzip');
  const file = join(mkdtempSync(join(tmpdir(), 'trace-')), 'run.trace');
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return file;
};

test.each(['virtual', 'system'] as const)(
  'a hub that runs with a %s clock is recorded from any moment on, with the devices that are connected',
  async (which) => {
    const clock = which === 'virtual' ? new VirtualClock() : 'system';
    await using emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock, trust: 'process' });
    const device = clientFromConnectionString(emulator.deviceConnectionString('oven'));
    await device.open();
    const twin = await device.getTwin();
    const report = (celsius: number) =>
      new Promise<void>((done, fail) =>
        twin.properties.reported.update({ celsius }, (error: Error | undefined) => (error ? fail(error) : done())),
      );
    await report(20);
    expect((await ask(emulator, 'POST /trace', {})).body).toMatchObject({ state: 'recording', inputs: 0, file: null });
    await report(90);
    emulator.hub.twins.patch('oven', { properties: { desired: { celsius: 100 } } });
    await report(100);
    const early = await replay(await saved(emulator));
    expect(early.hub.twins.get('oven').twin.reported.values).toEqual({ celsius: 100 });
    await device.close();
    await emulator.settle();
    expect((await ask(emulator, 'POST /trace/stop')).body).toMatchObject({ state: 'ended', isFull: false });
    emulator.hub.twins.patch('oven', { tags: { late: true } });
    const whole = await replay(await saved(emulator), { compares: true });
    expect([whole.deviation, whole.stopped, whole.isEqual]).toEqual([undefined, 'end', true]);
    expect(whole.hub.fleet.get('oven').twin.tags).toBeUndefined();
  },
);

test('a trace in memory holds no keys: neither of devices nor of endpoints', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual' });
  const { primaryKey } = emulator.hub.registry.get('oven').identity.authentication;
  await ask(emulator, 'POST /trace', {});
  const endpoints = {
    storageContainers: [
      {
        name: 'cold',
        containerName: 'cold',
        connectionString: 'BlobEndpoint=http://127.0.0.1:1/a;AccountName=a;AccountKey=c2VjcmV0LWtleQ==',
      },
      { name: 'sas', endpointUri: 'http://127.0.0.1:1/a/cold?sv=2024-11-04&sig=c2VjcmV0LXNpZw%3D%3D&sp=w' },
    ],
    webhooks: [{ name: 'hook', endpointUrl: 'http://127.0.0.1:1/api/hook?code=c2VjcmV0LWNvZGU', validation: 'off' }],
  };
  expect((await ask(emulator, 'PUT /routing', { endpoints })).status).toBe(200);
  const file = await saved(emulator);
  const text = gunzipSync(Buffer.from(await import('node:fs').then(({ readFileSync }) => readFileSync(file))), {
    finishFlush: 2, // a trace that goes on
  }).toString();
  expect(text).toContain('"op":"router.');
  expect(text).toContain('http://127.0.0.1:1/a/cold?sv=2024-11-04&sig=AAAA');
  expect(text).not.toContain(primaryKey);
  expect(text).not.toContain('c2VjcmV0');
  const again = await replay(file, { compares: true });
  expect(again.deviation).toBeUndefined();
  expect(again.inputs).toBeGreaterThan(0);
});

test('one recording at a time; without one there is no file', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual' });
  expect((await ask(emulator, 'GET /trace')).body).toEqual({
    state: 'none',
    file: null,
    since: null,
    inputs: 0,
    bytes: 0,
    isFull: false,
  });
  expect(await ask(emulator, 'GET /trace/file')).toEqual({
    status: 404,
    body: { error: 'There is no trace.', code: 'GenericNotFound', hint: 'POST /trace starts one' },
  });
  await ask(emulator, 'POST /trace', {});
  expect(await ask(emulator, 'POST /trace', {})).toEqual({
    status: 409,
    body: { error: 'The hub is recorded already.', code: 'GenericConflict', hint: 'POST /trace/stop ends it' },
  });
});

test('a trace that is full ends, and can be replayed; a state that is too large is refused', async () => {
  await using emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual' });
  expect(await ask(emulator, 'POST /trace', { maxBytes: 1024 })).toEqual({
    status: 413,
    body: {
      error: 'The state of the hub alone is more than a trace may be: 1024 bytes.',
      code: 'GenericRequestEntityTooLarge',
      hint: null,
    },
  });
  await ask(emulator, 'POST /trace', { maxBytes: 20_000 });
  for (let i = 0; i < 1000; i++) emulator.hub.twins.patch('oven', { tags: { i } });
  const { state, isFull, bytes } = (await ask(emulator, 'GET /trace')).body;
  expect([state, isFull]).toEqual(['ended', true]);
  expect(bytes).toBeGreaterThan(20_000);
  await ask(emulator, 'POST /trace/stop');
  const { hub, isEqual } = await replay(await saved(emulator));
  expect(isEqual).toBe(true);
  expect(hub.fleet.get('oven').twin.tags).toEqual(emulator.hub.fleet.get('oven').twin.tags);
});
