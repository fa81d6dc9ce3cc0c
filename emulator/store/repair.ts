import { cpSync, existsSync } from 'node:fs';
import type { HubChanges } from '../hub/changes.ts';
import { loadClassicLevel } from './classic-level.ts';
import { DAMAGE, DamagedFolder, leaveDataFolder, openDataFolder, rowsIn, told } from './data-folder.ts';
import { formatText, isFilled, MARKER } from './format.ts';
import { LevelStore } from './level-store.ts';
import { keyOfRecord, LOG, readLog } from './log-records.ts';
import { removeUnreadableSnapshots } from './repair-snapshots.ts';
import { recordIn, rowFrom, STATE, textOfRow } from './row-text.ts';
import { CHUNKS, SNAPSHOTS } from './snapshot-texts.ts';
import { DataError, reasonOf, type StateStore } from './state-store.ts';

const ALL = [STATE, LOG, SNAPSHOTS, CHUNKS];

/** What a repair has found. */
export interface Repaired {
  /** A copy of the folder as it was. */
  readonly copy: string;
  /** What is wrong with the files; undefined if nothing is. The names of rows that were only there are not known. */
  readonly damage: string | undefined;
  readonly kept: number;
  /** Rows that cannot be read, as `space key`, and what else is lost. */
  readonly lost: readonly string[];
}

/**
 * Saves what can be read in a damaged folder that no emulator uses, after a copy of it was made. `changes` are of a new hub.
 * Rows that cannot be read are removed.
 */
export const repairFolder = async (folder: string, changes: HubChanges): Promise<Repaired> => {
  const rows = rowsIn(folder);
  if (!existsSync(rows)) throw new DataError(`${folder} is not a folder of start --data.`);
  const copy = `${rows}-before-repair-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  cpSync(rows, copy, { recursive: true });
  const damage = await damageIn(folder);
  await loadClassicLevel()
    .repair(rows)
    .catch((error: unknown) => {
      throw told(folder, error);
    });
  const store = await LevelStore.open(rows);
  try {
    const found = await removeUnreadable(store, changes);
    if (damage !== undefined) await writeAgain(store);
    return { copy, damage, ...found };
  } finally {
    await store.close();
  }
};

/** Leaves no table as it is: a damaged one would be found again. LevelDB merges only tables that have keys in common. */
const writeAgain = async (store: LevelStore): Promise<void> => {
  for (const prefix of ALL) for await (const rows of store.scan(prefix)) await store.write(rows, false);
  await store.compact();
};

/** What a start finds, which reads all rows. */
const damageIn = async (folder: string): Promise<string | undefined> => {
  try {
    const store = await openDataFolder(folder);
    try {
      for (const prefix of ALL) for await (const _ of store.scan(prefix));
    } catch (error) {
      throw new DamagedFolder(folder, reasonOf(error));
    } finally {
      await store.close();
      leaveDataFolder(folder);
    }
    return undefined;
  } catch (error) {
    if (error instanceof DamagedFolder) return error.what;
    throw error;
  }
};

/** What was changed last goes into the rows, as far as it can be read. */
const removeUnreadable = async (store: StateStore, changes: HubChanges): Promise<Omit<Repaired, 'copy' | 'damage'>> => {
  let kept = 0;
  const lost: string[] = [];
  await isFilled(store).catch((error: unknown) => {
    if (error instanceof DataError) throw error;
    lost.push(error instanceof Error ? error.message : String(error));
  });
  const log = await readLog(store, (what) => void lost.push(what));
  let { latest } = log;
  for await (const rows of store.scan(STATE))
    for (const row of rows) {
      const later = log.changes.get(row.key);
      try {
        const read = rowFrom(changes, { ...row, later });
        latest = Math.max(latest, recordIn(row.text));
        if (later !== undefined) await store.write([{ key: row.key, text: textOfRow(changes, read) }], false);
        kept += 1;
      } catch {
        lost.push(row.key.slice(STATE.length).replaceAll('\0', ' '));
        await store.write([{ key: row.key, text: undefined }], false);
      }
    }
  lost.push(...(await removeUnreadableSnapshots(store, changes)));
  for (let number = log.oldest; number < latest; number++)
    await store.write([{ key: keyOfRecord(number), text: undefined }], false);
  await store.write(
    [
      { key: keyOfRecord(latest), text: '{}' }, // from which the numbers go on
      { key: MARKER, text: formatText() },
      { key: DAMAGE, text: undefined },
    ],
    true,
  );
  return { kept, lost };
};
