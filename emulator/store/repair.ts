import { cpSync, existsSync } from 'node:fs';
import type { HubChanges } from '../hub/changes.ts';
import { loadClassicLevel } from './classic-level.ts';
import { DAMAGE, rowsIn, told } from './data-folder.ts';
import { formatText, MARKER } from './format.ts';
import { rowsOf } from './kept-rows.ts';
import { LevelStore } from './level-store.ts';
import { rowFrom, STATE } from './row-text.ts';
import { whole } from './row-writer.ts';
import { DataError, type StateStore } from './state-store.ts';

/** What a repair has found. */
export interface Repaired {
  /** A copy of the folder as it was. */
  readonly copy: string;
  readonly kept: number;
  /** Rows that cannot be read, as `space key`. */
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
  await loadClassicLevel()
    .repair(rows)
    .catch((error: unknown) => {
      throw told(folder, error);
    });
  const store = await LevelStore.open(rows);
  try {
    return { copy, ...(await removeUnreadable(store, changes)) };
  } finally {
    await store.close();
  }
};

const removeUnreadable = async (store: StateStore, changes: HubChanges): Promise<Omit<Repaired, 'copy'>> => {
  let kept = 0;
  const lost: string[] = [];
  for await (const rows of rowsOf(store))
    for (const row of rows) {
      try {
        rowFrom(changes, row);
        kept += 1;
      } catch {
        lost.push(row.key.slice(STATE.length).replaceAll('\0', ' '));
        await store.write(whole(row.key, undefined), false);
      }
    }
  await store.write(
    [
      { key: MARKER, text: formatText() },
      { key: DAMAGE, text: undefined },
    ],
    true,
  );
  return { kept, lost };
};
