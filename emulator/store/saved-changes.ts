import { copyFileSync, existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SAVED = '.saved';

/**
 * The files of changes in a folder of LevelDB, which removes them when it opens the folder: also those with a damaged record, of which it
 * drops up to 32 KB. A repair reads more of them.
 */
export class SavedChanges {
  readonly #files: readonly string[];

  /** Saves the files, by a second name where the disk allows that; another program may be about to open the folder, too. */
  constructor(rows: string) {
    const names = existsSync(rows) ? readdirSync(rows) : [];
    for (const name of names) if (name.endsWith(SAVED)) rmSync(join(rows, name), { force: true }); // of a start that was killed
    this.#files = names.filter((name) => name.endsWith('.log')).map((name) => join(rows, name));
    for (const file of this.#files) save(file);
  }

  /** They are not needed: the folder is open. */
  forget(): void {
    for (const file of this.#files) rmSync(file + SAVED, { force: true });
  }

  /** Puts back those that were removed. */
  putBack(): void {
    for (const file of this.#files) if (!existsSync(file) && existsSync(file + SAVED)) renameSync(file + SAVED, file);
    this.forget();
  }
}

const save = (file: string): void => {
  try {
    linkSync(file, file + SAVED);
  } catch {
    copyFileSync(file, file + SAVED);
  }
};
