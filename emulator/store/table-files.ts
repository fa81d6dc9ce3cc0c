import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { damageInTable } from './table-checksums.ts';

/**
 * The tables in a folder of LevelDB before it opens the folder. It compares no checksum of a table unless it is asked to, and
 * classic-level does not ask: it would answer with other rows, or without some.
 */
export class TableFiles {
  readonly #rows: string;
  /** By name, what tells it from a later one of that name. */
  readonly #found: ReadonlyMap<string, string>;

  constructor(rows: string) {
    this.#rows = rows;
    const names = existsSync(rows) ? readdirSync(rows).filter((name) => name.endsWith('.ldb')) : [];
    this.#found = new Map(names.map((name) => [name, identityOf(statSync(join(rows, name)))]));
  }

  /**
   * What is wrong with one of them; call it as soon as LevelDB has opened the folder. By then it has removed those that a killed process
   * has not finished, and it goes on merging others.
   */
  async damage(): Promise<string | undefined> {
    const files = [...this.#found].flatMap(([name, identity]) => this.#open(name, identity));
    try {
      for (const { name, file } of files) {
        const at = damageInTable(readFileSync(file));
        if (at !== undefined) return `the file rows/${name} has other bytes than were written, from ${at} on`;
        await turn();
      }
      return undefined;
    } finally {
      for (const { file } of files) closeSync(file);
    }
  }

  #open(name: string, identity: string): { readonly name: string; readonly file: number }[] {
    const path = join(this.#rows, name);
    if (!existsSync(path)) return [];
    const file = openSync(path, 'r');
    if (identityOf(fstatSync(file)) === identity) return [{ name, file }];
    closeSync(file);
    return [];
  }
}

const identityOf = ({ ino, size, mtimeMs }: Stats): string => `${ino} ${size} ${mtimeMs}`;
