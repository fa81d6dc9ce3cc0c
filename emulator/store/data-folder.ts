import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LevelStore } from './level-store.ts';
import { SavedChanges } from './saved-changes.ts';
import { DataError } from './state-store.ts';
import { damagedTables, damageLeft } from './table-files.ts';

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
    const missing = missingIn(rowsIn(folder));
    if (missing !== undefined) throw new DamagedFolder(folder, missing);
    return await openRows(folder);
  } catch (error) {
    throw told(folder, error);
  }
};

const openRows = async (folder: string): Promise<LevelStore> => {
  const tables = await damagedTables(rowsIn(folder));
  const changes = new SavedChanges(rowsIn(folder));
  let store: LevelStore | undefined;
  try {
    store = await LevelStore.open(rowsIn(folder));
    const damagedTable = damageLeft(tables);
    writeFileSync(ownerIn(folder), JSON.stringify({ pid: process.pid }));
    const lost = lostChanges(folder, changes.isOfOther);
    const damage = await keptDamage(store, lost ?? damagedTable);
    if (damage !== undefined) throw new DamagedFolder(folder, damage);
    changes.forget();
    return store;
  } catch (error) {
    if (store !== undefined) {
      await store.close();
      leaveDataFolder(folder);
    }
    changes.putBack();
    throw error;
  }
};

/** The row that says that something was lost; a repair removes it. */
export const DAMAGE = 'damage\0';

/** What is damaged, found now or earlier: LevelDB goes on without it, and may have written rows of a damaged table again. */
const keptDamage = async (store: LevelStore, found: string | undefined): Promise<string | undefined> => {
  if (found !== undefined) await store.write([{ key: DAMAGE, text: found }], true);
  return store.readNow([DAMAGE])[0];
};

/** What LevelDB has dropped when it opened the folder, of which only its log tells. `before`: also when it was opened the last time. */
const lostChanges = (folder: string, before: boolean): string | undefined => {
  const logs = ['LOG', ...(before ? ['LOG.old'] : [])].map((name) => join(rowsIn(folder), name)).filter(existsSync);
  const said = logs.map((log) => readFileSync(log, 'utf8')).join('\n');
  const [, dropped] = /dropping (\d+ bytes)/.exec(said) ?? [];
  return dropped && `${dropped} of changes cannot be read`;
};

/** The content of CURRENT before the first file of changes is there. */
const NEW = 'MANIFEST-000001\n';

/**
 * What LevelDB does not miss: without CURRENT it begins with nothing and removes all other files, and without a file of changes it
 * goes on as if there were none. Lists of files to leave out often have `*.log`.
 */
const missingIn = (rows: string): string | undefined => {
  const names = existsSync(rows) ? readdirSync(rows) : [];
  if (!names.includes('CURRENT'))
    return names.some((name) => /\.(ldb|log)$/.test(name)) ? 'the file CURRENT is missing' : undefined;
  const hasChanges = names.some((name) => name.endsWith('.log'));
  return hasChanges || readFileSync(join(rows, 'CURRENT'), 'utf8') === NEW
    ? undefined
    : 'the file with the latest changes is missing (rows/*.log)';
};

/** Call when the store is closed. */
export const leaveDataFolder = (folder: string): void => rmSync(ownerIn(folder), { force: true });

/** What LevelDB says, in words. https://github.com/Level/classic-level#readme lists the codes. */
export const told = (folder: string, error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof DataError) return error;
  const { message, code } = causeOf(error);
  if (code === 'LEVEL_LOCKED')
    return new DataError(`${folder} is in use by ${ownerOf(folder)}. Stop it, or use another folder.`);
  if (code === 'LEVEL_CORRUPTION' || LOST_FILE.test(message)) return new DamagedFolder(folder, message);
  return new DataError(`${folder} cannot be used: ${message}. Make it writable, or use another folder.`);
};

/** A file that is gone, or ends too early. */
const LOST_FILE = /^IO error: .*\b(\d+\.(ldb|log)|MANIFEST-\d+): (No such file or directory|Invalid argument)$/;

/** A folder with rows that cannot be read. */
export class DamagedFolder extends DataError {
  readonly what: string;

  constructor(folder: string, what: string) {
    super(
      `${folder} is damaged: ${what}\n` +
        `Save what can be read, and see what cannot: iothub-emulator repair ${folder}`,
    );
    this.what = what;
  }
}

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
