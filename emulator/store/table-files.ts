import { existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { damageInTable } from './table-checksums.ts';

/** A table that has other bytes than were written. */
export interface DamagedTable {
  readonly path: string;
  /** What tells the file from a later one of that name. */
  readonly identity: string;
  readonly what: string;
}

/**
 * The damaged tables in a folder of LevelDB, before it opens the folder. It compares no checksum of a table unless it is asked to, and
 * classic-level does not ask: it would answer with other rows, or without some. A killed process may have left files that it has not
 * finished, which LevelDB removes when it opens the folder: ask `damageLeft` then.
 */
export const damagedTables = async (rows: string): Promise<readonly DamagedTable[]> => {
  const damaged: DamagedTable[] = [];
  const names = existsSync(rows) ? readdirSync(rows).filter((name) => name.endsWith('.ldb')) : [];
  for (const name of names) {
    const path = join(rows, name);
    try {
      const identity = identityOf(statSync(path));
      const at = damageInTable(readFileSync(path));
      const what = `the file rows/${name} has other bytes than were written, from ${at} on`;
      if (at !== undefined) damaged.push({ path, identity, what });
    } catch (error) {
      if (existsSync(path)) throw error; // else another process has merged it with others
    }
    await turn();
  }
  return damaged;
};

/** What is wrong with the first one that LevelDB has left, as soon as it has opened the folder: it goes on merging them. */
export const damageLeft = (damaged: readonly DamagedTable[]): string | undefined =>
  damaged.find(({ path, identity }) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats !== undefined && identityOf(stats) === identity;
  })?.what;

const identityOf = ({ ino, size, mtimeMs }: Stats): string => `${ino} ${size} ${mtimeMs}`;
