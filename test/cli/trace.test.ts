import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin } from '../support/programs/command.ts';
import { type EmulatorInFolder, startInFolder } from '../support/programs/emulator-in-folder.ts';

let started: EmulatorInFolder;
beforeAll(async () => {
  started = await startInFolder();
});
afterAll(() => started.stop());

test('a hub that runs is recorded, saved and replayed from the command line', async () => {
  const { folder, output, command } = started;
  expect(JSON.parse(await output('trace', 'start'))).toMatchObject({ state: 'recording', file: null, inputs: 0 });
  await output('twin', 'patch', 'oven', '{"properties":{"desired":{"celsius":220}}}');
  expect(JSON.parse(await output('trace', 'stop'))).toMatchObject({ state: 'ended', isFull: false });
  await output('trace', 'save', 'run.trace');
  expect(existsSync(join(folder, 'run.trace'))).toBe(true);
  const replayed = await output('replay', 'run.trace', '--break', 'properties.desired.celsius > 200');
  expect(replayed).toContain('properties.desired.celsius > 200: true for oven.\n');
  writeFileSync(join(folder, 'fault.yaml'), 'match: { path: /twins/oven }\neffect: { type: throttle }\n');
  const whatIf = await output('replay', 'run.trace', '--then', 'fault.yaml');
  expect(whatIf).toContain('fault-1: 1 operations matched, 1 failed.\nThe first event that differs comes from input ');
  expect(whatIf).toContain('"type": "twin.updated"');
  expect(whatIf).toContain('Instead nothing happens.\n');
  expect(whatIf).toContain('twin.updated  1         0\n');
  expect(whatIf).toContain('oven  properties.desired.celsius  220\n');
  const again = await command('trace', 'start', '--max-bytes', '1024');
  expect([again.code, again.stderr]).toEqual([
    1,
    'The state of the hub alone is more than a trace may be: 1024 bytes.\n',
  ]);
});

test('what a replay cannot do is said in words, with what is wrong', async () => {
  const { folder, output, command } = started;
  await output('trace', 'start');
  await output('twin', 'patch', 'oven', '{"tags":{"hall":4}}');
  await output('trace', 'stop');
  await output('trace', 'save', 'words.trace');
  const refused = async (...args: string[]) => {
    const { code, stderr } = await command('replay', 'words.trace', ...args);
    return [code, stderr];
  };
  expect(await refused('--until', 'noon')).toEqual([
    2,
    'noon is neither the number of an event nor a time such as 2026-01-01T12:00:00Z\n',
  ]);
  expect(await refused('--break', 'tags.hall =')).toEqual([
    2,
    '--break: line 1, column 12: expected a name or a value, found the end\n  tags.hall =\n             ^\n',
  ]);
  const [code, text] = await refused('--export', 'no/folder.json');
  expect([code, text]).toEqual([
    1,
    expect.stringContaining(`${join(folder, 'no/folder.json')} cannot be written: ENOENT`),
  ]);
  expect(text).not.toContain('    at ');
  expect((await command('trace', 'save', 'no/folder.trace')).stderr).not.toContain('    at ');
});

test('a replay says that the trace ended before what it was to stop at', async () => {
  const { folder, output } = started;
  await output('trace', 'start');
  await output('trace', 'stop');
  await output('trace', 'save', 'short.trace');
  expect(await output('replay', 'short.trace', '--until', '9999')).toContain('The trace ends before event 9999.\n');
  expect(await output('replay', 'short.trace', '--until', '2040-01-01')).toContain(
    'The trace ends before 2040-01-01.\n',
  );
  writeFileSync(join(folder, 'fault.yaml'), 'match: { path: /twins/oven }\neffect: { type: throttle }\n');
  expect(await output('replay', 'short.trace', '--break', 'tags.hall = 5', '--then', 'fault.yaml')).toContain(
    'tags.hall = 5: true for no twin up to the end of the trace.\nSo the faults of fault.yaml were not applied.\n',
  );
  expect(await output('replay', 'short.trace')).not.toContain('ends before');
});

test('a replay says that it was to stop before the trace begins', async () => {
  const { output } = started;
  await output('trace', 'start');
  await output('twin', 'patch', 'oven', '{"tags":{"hall":6}}');
  await output('trace', 'stop');
  await output('trace', 'save', 'late.trace');
  expect(await output('replay', 'late.trace', '--until', '2001-01-01T12:00:00Z')).toMatch(
    /^0 inputs, .*\nThe trace begins after 2001-01-01T12:00:00Z\.\n$/,
  );
  expect(await output('replay', 'late.trace', '--until', '2040-01-01')).not.toContain('begins after');
});

test('a replay with other faults shows the body of a message as text', async () => {
  const { folder, output } = started;
  await output('trace', 'start');
  const device = begin(['device', 'simulate', 'oven'], { env: { TMPDIR: folder } });
  await device.line('sent');
  device.child.kill('SIGINT');
  await device.ended;
  await output('trace', 'stop');
  await output('trace', 'save', 'body.trace');
  const rule = 'match: { operation: telemetry }\neffect: { type: error, code: ServiceUnavailable }\n';
  writeFileSync(join(folder, 'lost.yaml'), rule);
  const text = await output('replay', 'body.trace', '--then', 'lost.yaml');
  expect(text).toContain('"type": "telemetry"');
  expect(text).toContain('"body": "{\\"temperature\\":');
});

test('a command names the device that there is not', async () => {
  const { code, stderr } = await started.command('history', 'nope');
  expect([code, stderr]).toEqual([3, 'DeviceNotFound: nope\n']);
});
