import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LevelStore } from './level-store.ts';
import { DataError } from './state-store.ts';

/** Where the rows of a data folder are. */
export const rowsIn = (folder: string): string => join(folder, 'rows');

const ownerIn = (folder: string): string => join(folder, 'owner.json');

/**
 * Opens a data folder for this process alone. Throws DataError if another process has it, or if it is damaged or cannot be
 * used.
 */
export const openDataFolder = async (folder: string): Promise<LevelStore> => {
  try {
    mkdirSync(folder, { recursive: true });
    const store = await LevelStore.open(rowsIn(folder));
    writeFileSync(ownerIn(folder), JSON.stringify({ pid: process.pid }));
    const damage = await damageOf(store, folder);
    if (damage === undefined) return store;
    await store.close();
    throw damaged(folder, damage);
  } catch (error) {
    throw told(folder, error);
  }
};

/** The row that says that something was lost; a repair removes it. */
export const DAMAGE = 'damage\0';

/** What LevelDB has found damaged when it opened the folder, now or earlier: it goes on without it, and says so only in its log. */
const damageOf = async (store: LevelStore, folder: string): Promise<string | undefined> => {
  const [, dropped] = /dropping (\d+ bytes)/.exec(readFileSync(join(rowsIn(folder), 'LOG'), 'utf8')) ?? [];
  if (dropped !== undefined) await store.write([{ key: DAMAGE, text: `${dropped} of changes cannot be read` }], true);
  return store.readNow([DAMAGE])[0];
};

/** Call when the store is closed. */
export const leaveDataFolder = (folder: string): void => rmSync(ownerIn(folder), { force: true });

/** What LevelDB says, in words. https://github.com/Level/classic-level#readme lists the codes. */
export const told = (folder: string, error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof DataError) return error;
  const { message, code } = causeOf(error);
  if (code === 'LEVEL_LOCKED')
    return new DataError(`${folder} is in use by ${ownerOf(folder)}. Stop it, or use another folder.`);
  if (code === 'LEVEL_CORRUPTION') return damaged(folder, message);
  return new DataError(`${folder} cannot be used: ${message}. Make it writable, or use another folder.`);
};

/** A folder with rows that cannot be read. */
export const damaged = (folder: string, what: string): DataError =>
  new DataError(
    `${folder} is damaged: ${what}\n` + `Save what can be read, and see what cannot: iothub-emulator repair ${folder}`,
  );

const causeOf = (error: Error): { readonly message: string; readonly code: unknown } => {
  const cause = error.cause instanceof Error ? error.cause : error;
  return { message: cause.message, code: 'code' in cause ? cause.code : undefined };
};

const ownerOf = (folder: string): string => {
  try {
    const { pid } = JSON.parse(readFileSync(ownerIn(folder), 'utf8')) as { readonly pid?: unknown };
    if (typeof pid === 'number') return pid === process.pid ? 'this process' : `the process ${pid}`;
  } catch {
    // it has just started
  }
  return 'another process';
};
