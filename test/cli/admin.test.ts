import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientFromConnectionString, Message } from 'iothub-emulator/device';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin, type Running, run } from '../support/programs/command.ts';
import { type EmulatorInFolder, FREE, startInFolder } from '../support/programs/emulator-in-folder.ts';

let folder: string;
let emulator: Running;
let command: EmulatorInFolder['command'];
let output: EmulatorInFolder['output'];
let stop: EmulatorInFolder['stop'];
beforeAll(async () => {
  ({ folder, emulator, command, output, stop } = await startInFolder());
});
afterAll(() => stop());

test('commands find the emulator, and show what runs', async () => {
  const { hostname, clock, connections } = JSON.parse(await output('status', '-o', 'json'));
  expect([hostname, clock, connections]).toEqual([
    'localhost',
    { mode: 'virtual', now: '2026-01-01T00:00:00.000Z' },
    [],
  ]);
  expect(await output('status')).toContain('Clock        2026-01-01T00:00:00.000Z (virtual)\n');
});

test('the registry and the strings of the emulator that runs need no flags', async () => {
  const string = (await output('connection-string')).trim();
  expect(string).toMatch(/^HostName=localhost:\d+;SharedAccessKeyName=iothubowner;/);
  expect(await output('env')).toMatch(
    new RegExp(
      `^export IOTHUB_CONNECTION_STRING='${string.replaceAll('+', '\\+')}'\nexport IOTHUB_EVENTHUB_CONNECTION_STRING='Endpoint=sb://localhost:\\d+/;.*'\nexport IOTHUB_EMULATOR_ADMIN_URL=http://127\\.0\\.0\\.1:\\d+\n`,
    ),
  );
  expect(JSON.parse(await output('device', 'list')).map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual([
    'oven',
  ]);
});

test('a seed is applied, exported, kept as a snapshot and reset', async () => {
  writeFileSync(join(folder, 'fleet.yaml'), 'devices: [{ id: "d-{i}", count: 3 }]');
  expect((await command('seed', 'fleet.yaml')).stderr).toBe('3 devices, 0 modules, 0 configurations\n');
  expect(await output('snapshot', 'save', 'three')).toBe('three\n');
  await output('seed', 'fleet.yaml', '--replace');
  expect(await output('export', '-o', 'yaml', '--new-keys', '--pseudonyms')).toBe(
    'devices:\n  - id: device-1\n  - id: device-2\n  - id: device-3\n',
  );
  await output('snapshot', 'load', 'three');
  expect(JSON.parse(await output('export')).devices).toHaveLength(4);
  await output('reset');
  expect(JSON.parse(await output('export', '-o', 'state')).devices).toMatchObject({ 'd-0': {}, 'd-1': {}, 'd-2': {} });
  await output('snapshot', 'delete', 'three');
  expect((await command('snapshot', 'load', 'three')).code).toBe(3);
});

test('forks are made, used and closed', async () => {
  await output('hubs', 'create', 'team');
  await output('faults', 'add', '--hub', 'team', '--effect', 'throttle');
  expect(JSON.parse(await output('faults', 'list', '--hub', 'team'))).toHaveLength(1);
  expect(JSON.parse(await output('faults', 'list'))).toEqual([]);
  expect(await output('hubs', 'create', 'copy', '--from', 'team')).toMatch(/^HostName=localhost:\d+;/);
  expect(await output('hubs', 'list')).toMatch(
    /^name +hostname .*\n-.*\nlocalhost .*\nteam .*\ncopy +copy\.hub\.localhost /,
  );
  for (const name of ['team', 'copy']) await output('hubs', 'delete', name);
  expect(JSON.parse(await output('hubs', 'list', '--json'))).toHaveLength(1);
  expect((await command('faults', 'list', '--hub', 'team')).code).toBe(3);
});

test('a virtual clock is advanced', async () => {
  expect(await output('clock', 'advance', '1h')).toBe('2026-01-01T01:00:00.000Z\n');
  expect(await output('clock', 'advance', '2026-01-02')).toBe('2026-01-02T00:00:00.000Z\n');
  expect((await command('clock', 'advance', 'soon')).code).toBe(2);
});

test('connections are listed and ended; a client whose token has expired connects again', async () => {
  const { mqtt, ca } = JSON.parse(await emulator.line('"ready"'));
  await output('device', 'create', 'lamp');
  const [key] = /DeviceId=.*/.exec(await output('connection-string', '--device', 'lamp')) ?? [];
  const client = clientFromConnectionString(`HostName=localhost:${mqtt};${key}`);
  await client.setOptions({ ca });
  await client.open();
  expect(JSON.parse(await output('connections', 'list'))).toEqual([
    { id: 'lamp', protocol: 'mqtt', subscriptions: {} },
  ]);
  const back = new Promise((done) => client.once('connect', done));
  await output('connections', 'expire', 'lamp');
  await back;
  await client.close();
  expect((await command('connections', 'disconnect', 'lamp', '--module', 'm')).code).toBe(3);
});

test('messages are sent, received, settled and purged', async () => {
  await output('device', 'create', 'kiln');
  await output('message', 'send', 'kiln', 'hello', '--message-id', 'm1', '--property', 'a=b=c', '--ack', 'full');
  await output('message', 'send', 'kiln', 'again');
  expect(JSON.parse(await output('message', 'list', 'kiln'))).toMatchObject([
    { sequenceNumber: 1, body: 'hello', properties: { a: 'b=c' }, system: { messageId: 'm1', ack: 'full' } },
    { sequenceNumber: 2, body: 'again' },
  ]);
  const { lockToken } = JSON.parse(await output('message', 'receive', 'kiln', '--lock', '30'));
  await output('message', 'abandon', 'kiln', lockToken);
  const again = JSON.parse(await output('message', 'receive', 'kiln'));
  expect(again).toMatchObject({ sequenceNumber: 1, deliveryCount: 1 });
  await output('message', 'complete', 'kiln', again.lockToken);
  expect(JSON.parse(await output('message', 'receive', 'kiln', '--complete'))).toMatchObject({ body: 'again' });
  expect(await command('message', 'receive', 'kiln')).toMatchObject({ stdout: '', stderr: 'No message waits.\n' });
  await output('message', 'send', 'kiln');
  expect(await output('message', 'purge', 'kiln')).toBe('1\n');
  expect((await command('message', 'complete', 'kiln', lockToken)).code).toBe(1);
  expect((await command('message', 'send', 'nobody', 'x')).code).toBe(3);
  expect((await command('message', 'send', 'kiln', 'x', '--property', 'a')).code).toBe(2);
  expect((await command('message', 'send', 'kiln', 'x', '--input', 'in1')).code).toBe(2);
});

test('events are printed, past ones and new ones', async () => {
  const [oven] = (await output('events', '--type', 'identity.created')).split('\n');
  expect(JSON.parse(oven ?? '')).toMatchObject({ type: 'identity.created', key: 'oven', sequence: 1 });
  const following = begin(['events', '--follow', '--since', '1'], { env: { TMPDIR: folder } });
  writeFileSync(join(folder, 'kettle.yaml'), 'devices: [kettle]');
  await command('seed', 'kettle.yaml');
  expect(JSON.parse(await following.line('kettle'))).toMatchObject({ type: 'identity.created', key: 'kettle' });
  following.child.kill('SIGTERM');
  await following.ended;
});

test('queries are explained, conditions evaluated, and the index delayed', async () => {
  const query = "SELECT * FROM devices WHERE deviceId = 'kettle'";
  expect(JSON.parse(await output('explain', query))).toMatchObject({ plan: 'key', candidates: 1 });
  expect(JSON.parse(await output('evaluate', "deviceId = 'kettle'"))).toEqual({ from: 'devices', ids: ['kettle'] });
  expect(JSON.parse(await output('index', 'set', 'manual'))).toMatchObject({ lag: 'manual' });
  expect(JSON.parse(await output('index', 'show'))).toMatchObject({ lag: 'manual', pending: 0 });
  await output('index', 'release');
  await output('index', 'set', 'immediate');
});

test('what devices send is printed as az prints it', async () => {
  await output('device', 'create', 'stove');
  const monitor = begin(['monitor', '--device', 'stove', '--from', 'start'], { env: { TMPDIR: folder } });
  const json = begin(['monitor', '--from', 'start', '-o', 'json'], { env: { TMPDIR: folder } });
  const { mqtt, ca } = JSON.parse(await emulator.line('"ready"'));
  const [key] = /DeviceId=.*/.exec(await output('connection-string', '--device', 'stove')) ?? [];
  const client = clientFromConnectionString(`HostName=localhost:${mqtt};${key}`);
  await client.setOptions({ ca });
  await client.sendEvent(new Message('hot'));
  expect(await monitor.line('payload')).toBe('        "payload": "hot"');
  expect(JSON.parse(await json.line('hot'))).toMatchObject({
    sequenceNumber: 0,
    body: 'hot',
    system: { connectionDeviceId: 'stove', messageSource: 'Telemetry' },
  });
  await client.close();
  for (const { child } of [monitor, json]) child.kill('SIGTERM');
  expect((await command('monitor', '--endpoint', 'cold')).code).toBe(3);
  expect(await command('monitor', '--group', 'dashboard')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('start the emulator with --consumer-group dashboard'),
  });
  expect(await output('connection-string', '--events')).toMatch(
    /^Endpoint=sb:\/\/localhost:\d+\/;.*EntityPath=localhost\n$/,
  );
});

test('routes are added, tried, listed and removed', async () => {
  await output('routes', 'add', 'alarms', '--condition', "level = 'high'", '--endpoint', 'hot');
  expect(JSON.parse(await output('routes', 'list'))).toMatchObject({
    routing: {
      endpoints: { eventHubs: [{ name: 'hot' }] },
      routes: [{ name: 'alarms', source: 'DeviceMessages', endpointNames: ['hot'], isEnabled: true }],
      fallbackRoute: { isEnabled: true },
    },
    counts: { matched: {}, fallback: 0 },
  });
  expect(JSON.parse(await output('routes', 'test', '--property', 'level=high'))).toMatchObject({
    routes: [{ properties: { name: 'alarms' } }],
  });
  expect(JSON.parse(await output('routes', 'test', '--body', '{"t":30}', '--condition', '$body.t > 20'))).toEqual({
    result: 'true',
  });
  expect((await command('routes', 'add', 'hot', '--condition', 'level =')).stderr).toContain('routes.hot.condition');
  expect(JSON.parse(await output('routes', 'health'))).toEqual([
    { endpointId: 'events', healthStatus: 'healthy' },
    { endpointId: 'hot', healthStatus: 'healthy' },
  ]);
  await output('routes', 'remove', 'alarms');
  expect((await command('routes', 'remove', 'alarms')).code).toBe(3);
  writeFileSync(join(folder, 'routing.json'), '{"fallbackRoute":{"isEnabled":false}}');
  await output('routes', 'set', 'routing.json');
  expect(JSON.parse(await output('routes', 'test'))).toEqual({ routes: [] });
  await output('reset');
});

test('a fleet is imported as it was exported', async () => {
  writeFileSync(join(folder, 'fleet.json'), await output('export', '-o', 'fleet'));
  expect((await command('import', 'fleet.json')).stderr).toMatch(/^\d+ devices, 0 modules, 0 rows of jobs\n$/);
});

test('a command that finds no emulator says so', async () => {
  const nowhere = mkdtempSync(join(tmpdir(), 'iothub-cli-'));
  const { code, stderr } = await run(['reset', '--admin-url', 'http://127.0.0.1:9'], { env: { TMPDIR: nowhere } });
  expect([code, stderr]).toEqual([4, expect.stringContaining('There is no emulator at http://127.0.0.1:9')]);
});

test('a seed can be given at the start', async () => {
  const file = join(folder, 'start.yaml');
  writeFileSync(file, 'devices: [{ id: lamp, tags: { room: 7 } }]');
  const own = begin(['start', ...FREE, '--seed', file, '--log-format', 'json'], { env: { TMPDIR: folder } });
  const { adminUrl } = JSON.parse(await own.line('"ready"'));
  const { stdout } = await command('export', '--admin-url', adminUrl);
  expect(JSON.parse(stdout).devices).toMatchObject([{ id: 'lamp', tags: { room: 7 } }]);
  own.child.kill('SIGTERM');
  await own.ended;
  expect((await run(['start', ...FREE, '--seed', 'none.yaml'])).code).toBe(2);
});
