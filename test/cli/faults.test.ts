import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin, run } from '../support/programs/command.ts';
import { type EmulatorInFolder, FREE, startInFolder } from '../support/programs/emulator-in-folder.ts';

let folder: string;
let command: EmulatorInFolder['command'];
let output: EmulatorInFolder['output'];
let stop: EmulatorInFolder['stop'];
beforeAll(async () => {
  ({ folder, command, output, stop } = await startInFolder());
});
afterAll(() => stop());

test('faults are added, listed and cleared', async () => {
  const id = (
    await output(
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
  expect(JSON.parse(await output('faults', 'list'))).toMatchObject([
    { id, match: { path: '/twins/*', times: 2 }, effect: { type: 'error', code: 'ServiceUnavailable' }, struck: 0 },
  ]);
  expect(await output('status')).toContain(`Faults       ${id}: error (struck 0)\n`);
  await output('faults', 'clear', id);
  expect(await output('faults', 'list')).toBe('[]\n');
  expect((await command('faults', 'add', '--effect', 'flood')).code).toBe(2);
  expect(await command('faults', 'add', '--effect', 'delay', '--ms', 'long')).toMatchObject({
    code: 2,
    stderr: 'effect.ms: Invalid input: expected number, received string\n',
  });
});

test('a fault is counted when it is injected', async () => {
  const id = (
    await output('faults', 'add', '--effect', 'error', '--code', 'ServiceUnavailable', '--times', '1')
  ).trim();
  expect((await command('device', 'show', 'oven')).stderr).toContain('ServiceUnavailable');
  expect(await output('status')).toContain(`Faults       ${id}: error (struck 1)\n`);
  expect((await command('device', 'show', 'oven')).stderr).not.toContain('ServiceUnavailable');
  await output('faults', 'clear', id);
});

test('faults can be given at the start: the banner shows them, and a reset brings them back', async () => {
  const drop = JSON.stringify({ id: 'rain', match: { operation: 'telemetry' }, effect: { type: 'drop' } });
  const delay = JSON.stringify({ effect: { type: 'delay', ms: 5 } });
  const own = begin(['start', ...FREE, '--tier', 'S1x2', '--fault', drop, delay], { env: { TMPDIR: folder } });
  expect(await own.line('faults: ')).toContain('   tier: S1x2   faults: drop, delay');
  const admin = (await own.line('Page')).match(/http:\S+/)?.[0] ?? '';
  const at = ['--admin-url', admin];
  await output('faults', 'clear', ...at);
  await output('reset', ...at);
  expect(await output('status', ...at)).toContain('Faults       rain: drop (struck 0), fault-2: delay (struck 0)\n');
  own.child.kill('SIGTERM');
  await own.ended;
  expect((await run(['start', ...FREE, '--fault', '{}'])).code).toBe(2);
});
