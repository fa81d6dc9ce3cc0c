import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('a command names the device that there is not', async () => {
  const { code, stderr } = await started.command('history', 'nope');
  expect([code, stderr]).toEqual([3, 'DeviceNotFound: nope\n']);
});
