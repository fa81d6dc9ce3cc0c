import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientFromConnectionString } from 'iothub-emulator/device';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin, type Outcome, type Running, run } from '../support/command.ts';

const FREE = ['--https-port', '0', '--mqtt-port', '0', '--admin-port', '0'];

let folder: string;
let emulator: Running;
/** Runs a command where the emulator can be found, and gives what it printed. */
let tell: (...args: string[]) => Promise<Outcome>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'iothub-cli-'));
  const env = { TMPDIR: folder };
  tell = (...args) => run(args, { cwd: folder, env });
  emulator = begin(['start', ...FREE, '--log-format', 'json', '--clock', 'virtual', '--device', 'oven'], { env });
  await emulator.line('"ready"');
});
afterAll(async () => {
  emulator.child.kill('SIGTERM');
  await emulator.ended;
});

const said = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await tell(...args);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stdout;
};

test('commands find the emulator, and show what runs', async () => {
  const { hostname, clock, connections } = JSON.parse(await said('status', '-o', 'json'));
  expect([hostname, clock, connections]).toEqual([
    'localhost',
    { mode: 'virtual', now: '2026-01-01T00:00:00.000Z' },
    [],
  ]);
  expect(await said('status')).toContain('Clock        2026-01-01T00:00:00.000Z (virtual)\n');
});

test('the registry and the strings of the emulator that runs need no flags', async () => {
  const string = (await said('connection-string')).trim();
  expect(string).toMatch(/^HostName=localhost:\d+;SharedAccessKeyName=iothubowner;/);
  expect(await said('env')).toMatch(
    new RegExp(
      `^export IOTHUB_CONNECTION_STRING='${string.replaceAll('+', '\\+')}'\nexport IOTHUB_EMULATOR_ADMIN_URL=http://127\\.0\\.0\\.1:\\d+\n`,
    ),
  );
  expect(JSON.parse(await said('device', 'list')).map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual([
    'oven',
  ]);
});

test('a seed is sown, exported, kept as a snapshot and reset', async () => {
  writeFileSync(join(folder, 'fleet.yaml'), 'devices: [{ id: "d-{i}", count: 3 }]');
  expect((await tell('seed', 'fleet.yaml')).stderr).toBe('3 devices, 0 modules, 0 configurations\n');
  expect(await said('snapshot', 'save', 'three')).toBe('three\n');
  await said('seed', 'fleet.yaml', '--replace');
  expect(await said('export', '-o', 'yaml', '--new-keys', '--pseudonyms')).toBe(
    'devices:\n  - id: device-1\n  - id: device-2\n  - id: device-3\n',
  );
  await said('snapshot', 'load', 'three');
  expect(JSON.parse(await said('export')).devices).toHaveLength(4);
  await said('reset');
  expect(JSON.parse(await said('export', '-o', 'state')).devices).toMatchObject({ 'd-0': {}, 'd-1': {}, 'd-2': {} });
  await said('snapshot', 'delete', 'three');
  expect((await tell('snapshot', 'load', 'three')).code).toBe(3);
});

test('time is turned', async () => {
  expect(await said('clock', 'advance', '1h')).toBe('2026-01-01T01:00:00.000Z\n');
  expect(await said('clock', 'advance', '2026-01-02')).toBe('2026-01-02T00:00:00.000Z\n');
  expect((await tell('clock', 'advance', 'soon')).code).toBe(1);
});

test('faults are added, listed and cleared', async () => {
  const id = (
    await said(
      'faults',
      'add',
      '--effect',
      'error',
      '--code',
      'ServiceUnavailable',
      '--path',
      '/twins/*',
      '--times',
      '2',
    )
  ).trim();
  expect(JSON.parse(await said('faults', 'list'))).toMatchObject([
    { id, match: { path: '/twins/*', times: 2 }, effect: { type: 'error', code: 'ServiceUnavailable' }, struck: 0 },
  ]);
  expect(await said('status')).toContain(`Faults       ${id}: error (struck 0)\n`);
  await said('faults', 'clear', id);
  expect(await said('faults', 'list')).toBe('[]\n');
  expect((await tell('faults', 'add', '--effect', 'flood')).code).toBe(2);
});

test('a fault that strikes is counted', async () => {
  const id = (await said('faults', 'add', '--effect', 'error', '--code', 'ServiceUnavailable', '--times', '1')).trim();
  expect((await tell('device', 'show', 'oven')).stderr).toContain('ServiceUnavailable');
  expect(await said('status')).toContain(`Faults       ${id}: error (struck 1)\n`);
  expect((await tell('device', 'show', 'oven')).stderr).not.toContain('ServiceUnavailable');
  await said('faults', 'clear', id);
});

test('faults may be given at the start: the banner shows them, and they are there again after a reset', async () => {
  const drop = JSON.stringify({ id: 'rain', match: { operation: 'telemetry' }, effect: { type: 'drop' } });
  const delay = JSON.stringify({ effect: { type: 'delay', ms: 5 } });
  const own = begin(['start', ...FREE, '--fault', drop, delay], { env: { TMPDIR: folder } });
  expect(await own.line('faults: ')).toContain('   faults: drop, delay');
  const admin = (await own.line('Admin')).match(/http:\S+/)?.[0] ?? '';
  const at = ['--admin-url', admin];
  await said('faults', 'clear', ...at);
  await said('reset', ...at);
  expect(await said('status', ...at)).toContain('Faults       rain: drop (struck 0), fault-2: delay (struck 0)\n');
  own.child.kill('SIGTERM');
  await own.ended;
  expect((await run(['start', ...FREE, '--fault', '{}'])).code).toBe(2);
});

test('connections are listed and ended; a client whose token has expired comes again', async () => {
  const { mqtt, ca } = JSON.parse(await emulator.line('"ready"'));
  await said('device', 'create', 'lamp');
  const [key] = /DeviceId=.*/.exec(await said('connection-string', '--device', 'lamp')) ?? [];
  const client = clientFromConnectionString(`HostName=localhost:${mqtt};${key}`);
  await client.setOptions({ ca });
  await client.open();
  expect(JSON.parse(await said('connections', 'list'))).toEqual([{ id: 'lamp', protocol: 'mqtt', subscriptions: {} }]);
  const back = new Promise((done) => client.once('connect', done));
  await said('connections', 'expire', 'lamp');
  await back;
  await client.close();
  expect((await tell('connections', 'disconnect', 'lamp', '--module', 'm')).code).toBe(3);
});

test('what has happened is printed, and what happens', async () => {
  const [oven] = (await said('events', '--type', 'identity.created')).split('\n');
  expect(JSON.parse(oven ?? '')).toMatchObject({ type: 'identity.created', key: 'oven', sequence: 1 });
  const following = begin(['events', '--follow', '--since', '1'], { env: { TMPDIR: folder } });
  writeFileSync(join(folder, 'kettle.yaml'), 'devices: [kettle]');
  await tell('seed', 'kettle.yaml');
  expect(JSON.parse(await following.line('kettle'))).toMatchObject({ type: 'identity.created', key: 'kettle' });
  following.child.kill('SIGTERM');
  await following.ended;
});

test('queries are explained, conditions tried out, and the index held back', async () => {
  const query = "SELECT * FROM devices WHERE deviceId = 'kettle'";
  expect(JSON.parse(await said('explain', query))).toMatchObject({ plan: 'key', candidates: 1 });
  expect(JSON.parse(await said('evaluate', "deviceId = 'kettle'"))).toEqual({ from: 'devices', ids: ['kettle'] });
  expect(JSON.parse(await said('index', 'set', 'manual'))).toMatchObject({ lag: 'manual' });
  expect(JSON.parse(await said('index', 'show'))).toMatchObject({ lag: 'manual', pending: 0 });
  await said('index', 'release');
  await said('index', 'set', 'immediate');
});

test('a fleet is taken as it was printed', async () => {
  writeFileSync(join(folder, 'fleet.json'), await said('export', '-o', 'fleet'));
  expect((await tell('import', 'fleet.json')).stderr).toMatch(/^\d+ devices, 0 modules, 0 rows of jobs\n$/);
});

test('who finds no emulator is told so', async () => {
  const nowhere = mkdtempSync(join(tmpdir(), 'iothub-cli-'));
  const { code, stderr } = await run(['reset', '--admin-url', 'http://127.0.0.1:9'], { env: { TMPDIR: nowhere } });
  expect([code, stderr]).toEqual([4, expect.stringContaining('No emulator is reached at http://127.0.0.1:9')]);
});

test('a seed may be given at the start', async () => {
  const file = join(folder, 'start.yaml');
  writeFileSync(file, 'devices: [{ id: lamp, tags: { room: 7 } }]');
  const own = begin(['start', ...FREE, '--seed', file, '--log-format', 'json'], { env: { TMPDIR: folder } });
  const { adminUrl } = JSON.parse(await own.line('"ready"'));
  const { stdout } = await tell('export', '--admin-url', adminUrl);
  expect(JSON.parse(stdout).devices).toMatchObject([{ id: 'lamp', tags: { room: 7 } }]);
  own.child.kill('SIGTERM');
  await own.ended;
  expect((await run(['start', ...FREE, '--seed', 'none.yaml'])).code).toBe(2);
});
