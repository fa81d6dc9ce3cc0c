import { copyFileSync, existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files of changes in a folder of LevelDB, which removes them when it opens the folder: also those with a damaged record, of which it
 * drops up to 32 KB. A repair reads more of them.
 */
export class SavedChanges {
  /** Of a start that was killed while LevelDB opened the folder, or of another program that opens it now. */
  readonly isOfOther: boolean;
  readonly #rows: string;
  readonly #files: readonly string[];

  /** Saves the files, by a second name where the disk allows that. What another start has saved and LevelDB has removed is put back. */
  constructor(rows: string) {
    this.#rows = rows;
    const names = namesIn(rows);
    const others = names.filter((name) => SAVED.test(name) && !existsSync(original(join(rows, name))));
    for (const name of others) move(join(rows, name), original(join(rows, name)));
    this.isOfOther = others.length > 0;
    this.#files = namesIn(rows)
      .filter((name) => name.endsWith('.log'))
      .map((name) => join(rows, name));
    for (const file of this.#files) save(file);
  }

  /** They are not needed: this process has the folder, and nothing is damaged. */
  forget(): void {
    for (const name of namesIn(this.#rows)) if (SAVED.test(name)) rmSync(join(this.#rows, name), { force: true });
  }

  /** Puts back those that were removed. What another process has saved stays. */
  putBack(): void {
    for (const file of this.#files)
      if (existsSync(file)) rmSync(savedAs(file), { force: true });
      else move(savedAs(file), file);
  }
}

const SAVED = /\.log\.\d+\.saved$/;

const savedAs = (file: string): string => `${file}.${process.pid}.saved`;

const original = (file: string): string => file.replace(/\.\d+\.saved$/, '');

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

const save = (file: string): void => {
  rmSync(savedAs(file), { force: true });
  try {
    linkSync(file, savedAs(file));
  } catch {
    if (existsSync(file)) copyFileSync(file, savedAs(file)); // a disk without second names
  }
};

const move = (from: string, to: string): void => {
  try {
    renameSync(from, to);
  } catch (error) {
    if (existsSync(from)) throw error; // another process has removed it meanwhile
  }
};
