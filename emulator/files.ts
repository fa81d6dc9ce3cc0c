import { chmodSync, linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';

/** The text of a file; undefined if the file does not exist. */
export const readText = async (path: string): Promise<string | undefined> => {
  try {
    // synchronously: a start reads a few small files, and Node's promises of files take 3 ms to load
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Replaces a file as a whole: readers see the old text or the new one, never a part of it. */
export const replaceFile = (path: string, text: string, mode: number): void => {
  renameSync(writeTemporary(path, text, mode), path);
};

/** Creates a file unless another process has just created it. Returns the text that is there afterwards. */
export const createFile = (path: string, text: string, mode: number): string => {
  const temporary = writeTemporary(path, text, mode);
  try {
    linkSync(temporary, path);
    return text;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return readFileSync(path, 'utf8');
    // file systems without hard links: of two simultaneous first starts the last one wins
    writeFileSync(path, text, { mode });
    return text;
  } finally {
    unlinkSync(temporary);
  }
};

let count = 0;

/** A name for a file that will be renamed to `path` once it is complete; unique among processes. */
export const temporaryBeside = (path: string): string => {
  count += 1;
  return `${path}.${process.pid}.${count}.new`;
};

/** The code of a system error, such as EACCES. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const writeTemporary = (path: string, text: string, mode: number): string => {
  const temporary = temporaryBeside(path);
  rmSync(temporary, { force: true }); // of a process with the same number that was killed
  writeFileSync(temporary, text, { mode, flush: true, flag: 'wx' }); // follows no link
  chmodSync(temporary, mode); // the umask may have removed permissions
  return temporary;
};
