import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataFolder } from '../../emulator/store/data-folder.ts';
import { LevelStore } from '../../emulator/store/level-store.ts';
import { repairData } from '../../emulator/store/repair-data.ts';
import { SavedChanges } from '../../emulator/store/saved-changes.ts';
import { keyOfNote } from '../../emulator/store/snapshot-texts.ts';
import type { Write } from '../../emulator/store/state-store.ts';
import { freshFolder, run } from '../support/programs/command.ts';

const rowsOf = (folder: string): string => join(folder, 'rows');

/** Writes rows, one batch each, of one text. Every call makes a table of what was written before. */
const write = async (folder: string, ...keys: string[]): Promise<void> => writeTexts(folder, keys, 'text');

const writeTexts = async (folder: string, keys: readonly string[], text: string): Promise<void> => {
  const store = await LevelStore.open(rowsOf(folder));
  for (const key of keys) await store.write([{ key, text } satisfies Write], true);
  await store.close();
};

const filesOf = (folder: string, extension: string): string[] =>
  readdirSync(rowsOf(folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => join(rowsOf(folder), name));

const textsOf = async (folder: string, ...keys: string[]) => {
  const store = await openDataFolder(folder);
  const texts = store.readNow(keys);
  await store.close();
  return texts;
};

test.each([
  ['CURRENT', 'the file CURRENT is missing'],
  ['.log', 'the file with the latest changes is missing'],
])('a folder whose file %s is gone is told as damaged, and what is left stays', async (file, what) => {
  const folder = freshFolder();
  await write(folder, 'a');
  await write(folder, 'b');
  for (const path of filesOf(folder, file)) rmSync(path);
  const left = readdirSync(rowsOf(folder));
  await expect(openDataFolder(folder)).rejects.toThrow(`is damaged: ${what}`);
  expect(readdirSync(rowsOf(folder))).toEqual(left);
  await repairData(folder);
  expect(await textsOf(folder, 'a')).toEqual(['text']);
});

/** A folder with the rows a, b and c, of which the change that wrote a is damaged. */
const damagedChanges = async (): Promise<string> => {
  const folder = freshFolder();
  await write(folder, 'a', 'b', 'c');
  const [log = ''] = filesOf(folder, '.log');
  const bytes = readFileSync(log);
  bytes[20] = (bytes[20] ?? 0) ^ 0xff;
  writeFileSync(log, bytes);
  return folder;
};
const DAMAGED = /is damaged: \d+ bytes of changes cannot be read/;

test('after a start that finds changes damaged, a repair still reads those that are not', async () => {
  const folder = await damagedChanges();
  for (let again = 0; again < 2; again++) await expect(openDataFolder(folder)).rejects.toThrow(DAMAGED);
  await repairData(folder);
  expect(await textsOf(folder, 'b', 'c')).toEqual(['text', 'text']);
  expect(filesOf(folder, '.saved')).toEqual([]);
});

test('so it does after a start that was killed while it opened the folder', async () => {
  const folder = await damagedChanges();
  new SavedChanges(rowsOf(folder));
  await (await LevelStore.open(rowsOf(folder))).close();
  await expect(openDataFolder(folder)).rejects.toThrow(DAMAGED);
  await repairData(folder);
  expect(await textsOf(folder, 'b', 'c')).toEqual(['text', 'text']);
});

test('a file of changes that ends too early, as after kill -9, is not damage', async () => {
  const folder = freshFolder();
  await write(folder, 'a', 'b');
  const [log = ''] = filesOf(folder, '.log');
  truncateSync(log, readFileSync(log).length - 3);
  expect(await textsOf(folder, 'a', 'b')).toEqual(['text', undefined]);
});

test('a table that ends too early is told as damaged, again and again, and repair says what it cannot name', async () => {
  const folder = freshFolder();
  await write(folder, 'damage', 'damaged'); // around the key that a start reads first
  await write(folder, 'b');
  const [table = ''] = filesOf(folder, '.ldb');
  truncateSync(table, 20);
  for (let again = 0; again < 2; again++)
    await expect(openDataFolder(folder)).rejects.toThrow(/ is damaged: .*\n.*iothub-emulator repair /);
  rmSync(table);
  const { stdout } = await run(['repair', folder]);
  expect(stdout).toContain('Rows may be lost without a name: Corruption: 1 missing files');
  expect(await textsOf(folder, 'b')).toEqual(['text']);
});

test('repair says that rows may be lost of a table that a start can open, but not read', async () => {
  const folder = freshFolder();
  const keys = Array.from({ length: 300 }, (_, number) => `state\0devices\0d${number}`);
  await writeTexts(folder, keys, '[1,0,{}]'.padEnd(200));
  await write(folder, 'z');
  const [table = ''] = filesOf(folder, '.ldb');
  writeFileSync(table, readFileSync(table).fill(0xff, 0, 2000));
  expect((await repairData(folder)).damage).toMatch(
    /^the file rows\/\d+\.ldb has other bytes than were written, from 0 on$/,
  );
});

/** A folder with a table of which one byte was changed. */
const changedTable = async (): Promise<string> => {
  const folder = freshFolder();
  await writeTexts(folder, ['state\0devices\0d1'], 'The quick brown fox');
  await write(folder, 'z');
  const [table = ''] = filesOf(folder, '.ldb');
  const bytes = readFileSync(table);
  bytes[bytes.indexOf('quick')] = 'k'.charCodeAt(0);
  writeFileSync(table, bytes);
  return folder;
};

test('a changed byte of a table, which LevelDB does not miss, is told until a repair, also when LevelDB has written it again', async () => {
  const folder = await changedTable();
  const told = /is damaged: the file rows\/\d+\.ldb has other bytes than were written, from 0 on\n/;
  for (let again = 0; again < 2; again++) await expect(openDataFolder(folder)).rejects.toThrow(told);
  const store = await LevelStore.open(rowsOf(folder));
  await store.compact();
  expect(store.readNow(['state\0devices\0d1'])).toEqual(['The kuick brown fox']);
  await store.close();
  await expect(openDataFolder(folder)).rejects.toThrow(told);
  await repairData(folder);
  expect(await textsOf(folder, 'z')).toEqual(['text']);
});

test('a repair of a changed table says so, and a start is possible then', async () => {
  const folder = await changedTable();
  expect(await repairData(folder)).toMatchObject({
    damage: expect.stringContaining('has other bytes than were written'),
    lost: ['devices d1'],
  });
  expect(await textsOf(folder, 'z')).toEqual(['text']);
});

test('a table that a killed process has not finished, and that LevelDB removes, is not damage', async () => {
  const folder = freshFolder();
  await write(folder, 'a');
  writeFileSync(join(rowsOf(folder), '000099.ldb'), 'half of a');
  expect(await textsOf(folder, 'a')).toEqual(['text']);
});

test('repair removes a snapshot of which rows are missing, and says so', async () => {
  const folder = freshFolder();
  await write(folder, 'a');
  await writeTexts(folder, [keyOfNote('one')], '{"at":0,"spaces":{"devices":[1,1]}}');
  await writeTexts(folder, [keyOfNote('two')], '{"at":0,"spaces":{"devices":[0,0]}}');
  expect((await repairData(folder)).lost).toEqual(['the snapshot one']);
  expect(await textsOf(folder, keyOfNote('one'), keyOfNote('two'))).toEqual([
    undefined,
    '{"at":0,"spaces":{"devices":[0,0]}}',
  ]);
});
