import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin } from '../support/programs/command.ts';
import { type EmulatorInFolder, startInFolder } from '../support/programs/emulator-in-folder.ts';

let folder: string;
let command: EmulatorInFolder['command'];
let output: EmulatorInFolder['output'];
let stop: EmulatorInFolder['stop'];
beforeAll(async () => {
  ({ folder, command, output, stop } = await startInFolder());
});
afterAll(() => stop());

test('what devices have not followed, and what a configuration or a job would change, is shown', async () => {
  await output('twin', 'patch', 'oven', '{"properties":{"desired":{"celsius":220}}}');
  expect(await output('drift')).toContain('1 have not reported it.\n');
  expect(JSON.parse(await output('drift', 'oven', '--json'))).toEqual([
    { path: 'celsius', kind: 'missing', desired: 220 },
  ]);
  const content = { deviceContent: { 'properties.desired.celsius': 180 } };
  const configuration = JSON.stringify({ targetCondition: "deviceId = 'oven'", content });
  expect(await output('dry-run', 'configuration', 'cooler', configuration)).toMatch(
    /^Selects 1, would change 1, 0 would refuse\. Nothing was written\.\n.*oven {6}properties\.desired\.celsius {2}220 {5}180\n/s,
  );
  const job = { type: 'scheduleUpdateTwin', queryCondition: '*', updateTwin: { etag: '*', tags: { hall: 7 } } };
  expect(JSON.parse(await output('dry-run', 'job', JSON.stringify(job), '--limit', '0', '--json'))).toMatchObject({
    changed: expect.any(Number),
    twins: [],
  });
  expect((await command('dry-run', 'job', '[]')).code).toBe(2);
});

test('a live query prints its rows and each change, and ends with the reason', async () => {
  const query = 'SELECT deviceId FROM devices WHERE tags.hall = 4';
  const live = begin(['live-query', query, '--limit', '1'], { cwd: folder, env: { TMPDIR: folder } });
  await output('device', 'create', 'kiln');
  await output('twin', 'patch', 'oven', '{"tags":{"hall":4}}');
  expect(await live.line('oven')).toBe('{"at":0,"row":{"deviceId":"oven"}}');
  await output('twin', 'patch', 'oven', '{"tags":{"hall":5}}');
  expect(await live.line('{"at":0}')).toBe('{"at":0}');
  await output('twin', 'patch', 'oven', '{"tags":{"hall":4}}');
  await output('twin', 'patch', 'kiln', '{"tags":{"hall":4}}');
  expect(await live.ended).toMatchObject({
    code: 1,
    stderr: 'The result has more than 1 rows: narrow the condition, or count them.\n',
  });
});

test('a live query that is wrong is shown with a mark below the mistake', async () => {
  const { code, stderr } = await command('live-query', 'SELECT FROM');
  expect([code, stderr]).toEqual([2, expect.stringContaining('^')]);
});

test('what differs since a snapshot, and between two devices, is shown', async () => {
  await output('snapshot', 'save', 'before');
  expect(await output('compare', 'snapshot:before')).toBe('They are the same.\n');
  await output('twin', 'patch', 'oven', '{"tags":{"hall":9}}');
  expect(await output('compare', 'snapshot:before', 'now')).toMatch(
    /^0 created, 0 deleted, 1 changed\n\n.*\noven {2}tags\.hall {2}4 {7}9\n$/s,
  );
  expect(JSON.parse(await output('compare', '--devices', 'oven', 'kiln', '--json'))).toContainEqual({
    path: 'tags.hall',
    before: 9,
    after: 4,
  });
  expect((await command('compare', 'snapshot:nothing')).code).toBe(3);
});

test('forks are made, listed, compared and closed', async () => {
  expect(await output('hubs', 'create', 'blue')).toMatch(/^HostName=localhost:\d+;SharedAccessKeyName=iothubowner;/);
  expect(JSON.parse(await output('hubs', 'list', '--json'))).toMatchObject([
    { name: 'localhost', isOriginal: true },
    { name: 'blue', hostname: 'blue.hub.localhost', isOriginal: false },
  ]);
  expect(await output('compare', 'now', 'hub:blue')).toBe('They are the same.\n');
  expect((await command('hubs', 'create', 'blue')).stderr).toContain('There is a hub blue already');
  await output('hubs', 'delete', 'blue');
  expect((await command('hubs', 'delete', 'blue')).code).toBe(3);
});

test('history without a device prints the latest changes of all twins, newest first', async () => {
  await output('device', 'create', 'mill');
  await output('twin', 'patch', 'mill', '{"tags":{"hall":1}}');
  const latest = JSON.parse(await output('history', '--json', '--limit', '2'));
  expect(latest).toMatchObject([
    {
      id: 'mill',
      version: 2,
      by: 'policy iothubowner',
      what: 'changed',
      changes: [{ path: 'tags', after: { hall: 1 } }],
    },
    { id: 'mill', version: 1, what: 'created' },
  ]);
  expect(await output('history', '--limit', '2')).toMatch(
    /^id +version +event +at +by +path +after\n[- ]+\nmill +2 .* policy iothubowner +tags +\{"hall":1\}\nmill +1 .* created\n$/,
  );
  expect((await command('history', '--at', '1')).code).toBe(2);
});

// docs/history.md: a row for each change: when, by whom, from what to what
test('history shows what was before left of what is after, also if the first change has added something', async () => {
  await output('device', 'create', 'forge');
  await output('twin', 'patch', 'forge', '{"tags":{"hall":1}}');
  await output('twin', 'patch', 'forge', '{"tags":{"hall":2}}');
  expect(await output('history', 'forge')).toMatch(
    /^version +event +at +by +path +before +after\n(.*\n){2}2 .* tags +\{"hall":1\}\n3 .* tags\.hall +1 +2\n$/,
  );
});

test('history without a device goes on after the first 500, also within an import', async () => {
  const devices = Array.from({ length: 700 }, (_, n) => ({ deviceId: `imported-${n}` }));
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ devices }));
  await command('import', 'fleet.json', '--merge');
  const latest = JSON.parse(await output('history', '--json', '--limit', '700'));
  expect(new Set(latest.map(({ id }: { id: string }) => id)).size).toBe(700);
  expect((await command('history', '--limit', 'many')).stderr).toContain('limit');
});
