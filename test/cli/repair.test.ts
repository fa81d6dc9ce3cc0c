import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LevelStore } from '../../emulator/store/level-store.ts';
import { keyOfRecord } from '../../emulator/store/log-records.ts';
import { begin, freshFolder, type Running, run } from '../support/programs/command.ts';
import { FREE } from '../support/programs/emulator-in-folder.ts';
import { hubIn } from '../support/store/kept-hub.ts';

const start = (folder: string, ...more: string[]): Running =>
  begin(['start', ...FREE, '--log-format', 'json', '--data', folder, ...more]);

/** A folder with the devices d0 … d49. */
const filled = async (): Promise<string> => {
  const folder = join(freshFolder(), 'data');
  const ids = Array.from({ length: 50 }, (_, number) => `d${number}`);
  const emulator = start(folder, '--device', ...ids);
  await emulator.line('"ready"');
  emulator.child.kill('SIGTERM');
  await emulator.ended;
  return folder;
};

const rowIn = async (folder: string, key: string, text: string): Promise<void> => {
  const store = await LevelStore.open(join(folder, 'rows'));
  await store.write([{ key, text }], true);
  await store.close();
};

test('a row that cannot be read is named, and repair saves the others', async () => {
  const folder = await filled();
  await rowIn(folder, 'state\0devices\0d7', '[1,7,{"key":');
  const { code, stderr } = await start(folder).ended;
  expect([code, stderr]).toEqual([
    1,
    `${folder} is damaged: The row d7 of devices cannot be read.\nSave what can be read, and see what cannot: iothub-emulator repair ${folder}\n`,
  ]);
  const { stdout } = await run(['repair', folder]);
  expect(stdout).toMatch(/^\d+ rows can be read\.\nLost: devices d7\nThe folder as it was: .*rows-before-repair-/);
  const hub = await hubIn(folder);
  expect(hub.fleet.devices.size).toBe(49);
});

test('a record of the log that cannot be read is told, and repair goes on without it', async () => {
  const folder = await filled();
  await rowIn(folder, keyOfRecord(7), '{"devices":');
  const { code, stderr } = await start(folder).ended;
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`${folder} is damaged: The record 7 of the log cannot be read.\n`),
  ]);
  expect((await run(['repair', folder])).stdout).toContain('\nLost: The record 7 of the log cannot be read.\n');
  expect((await hubIn(folder)).fleet.devices.size).toBe(50);
});

test('changes that LevelDB cannot read are told, until a repair', async () => {
  const folder = await filled();
  const rows = join(folder, 'rows');
  const [log = ''] = readdirSync(rows).filter((name) => name.endsWith('.log'));
  const bytes = readFileSync(join(rows, log));
  bytes[20] = (bytes[20] ?? 0) ^ 0xff;
  writeFileSync(join(rows, log), bytes);
  for (let again = 0; again < 2; again++) {
    const { code, stderr } = await start(folder).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/is damaged: \d+ bytes of changes cannot be read/)]);
  }
  expect((await run(['repair', folder])).code).toBe(0);
  const emulator = start(folder);
  await emulator.line('"ready"');
  emulator.child.kill('SIGTERM');
  expect((await emulator.ended).code).toBe(0);
});

test('a folder with a changed table is told, and after a repair it can be used', async () => {
  const folder = await filled();
  await (await LevelStore.open(join(folder, 'rows'))).close(); // which makes a table of the changes
  const [table = ''] = readdirSync(join(folder, 'rows')).filter((name) => name.endsWith('.ldb'));
  const bytes = readFileSync(join(folder, 'rows', table));
  const place = bytes.indexOf('filter.leveldb') - 40; // within the filter, so that all rows stay readable
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(join(folder, 'rows', table), bytes);
  const { code, stderr } = await start(folder).ended;
  expect([code, stderr]).toEqual([1, expect.stringContaining(`rows/${table} has other bytes than were written`)]);
  expect((await run(['repair', folder])).stdout).toContain(
    `Rows may be lost without a name: the file rows/${table} has`,
  );
  expect((await hubIn(folder)).fleet.devices.size).toBe(50);
});

test('data of a newer version are refused in words', async () => {
  const folder = await filled();
  await rowIn(folder, 'format\0', '{"format":6,"emulator":"9.0.0"}');
  const { code, stderr } = await start(folder).ended;
  expect([code, stderr]).toEqual([
    1,
    'The data were written by a newer version of the emulator (format 6; this one knows 5). Use that version or a newer one.\n',
  ]);
});

test('repair of another folder changes nothing', async () => {
  const folder = freshFolder();
  const { code, stderr } = await run(['repair', folder]);
  expect([code, stderr, readdirSync(folder)]).toEqual([1, `${folder} is not a folder of start --data.\n`, []]);
});
