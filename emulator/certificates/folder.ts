import { chmod, link, lstat, mkdir, mkdtemp, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where certificates live unless told otherwise. */
export const defaultFolder = (): string => join(homedir(), '.iothub-emulator');

/** A private folder for machines whose home directory cannot be written; the same one at every start if possible. */
export const temporaryFolder = async (): Promise<string> => {
  const uid = process.getuid?.();
  const folder = join(tmpdir(), `iothub-emulator-${uid ?? 'user'}`);
  await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  const found = await lstat(folder).catch(() => undefined);
  // others may have made it first, to hand us their CA
  const ours = found?.isDirectory() && (uid === undefined || (found.uid === uid && (found.mode & 0o077) === 0));
  return ours ? folder : mkdtemp(join(tmpdir(), 'iothub-emulator-'));
};

/** The text of a file, undefined if there is none. */
export const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Replaces a file whole: readers see the old text or the new one, never half of it. */
export const replaceFile = async (path: string, text: string, mode: number): Promise<void> => {
  const temporary = await writeTemporary(path, text, mode);
  await rename(temporary, path);
};

/** Makes a file unless another start has just made it; returns what is there afterwards. */
export const makeFile = async (path: string, text: string, mode: number): Promise<string> => {
  const temporary = await writeTemporary(path, text, mode);
  try {
    await link(temporary, path);
    return text;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return await readFile(path, 'utf8');
    // file systems without hard links: the last of two simultaneous first starts wins
    await writeFile(path, text, { mode });
    return text;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
};

/** The code of a system error, such as EACCES. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

let count = 0;

const writeTemporary = async (path: string, text: string, mode: number): Promise<string> => {
  count += 1;
  const temporary = `${path}.${process.pid}.${count}.new`;
  await writeFile(temporary, text, { mode, flush: true });
  await chmod(temporary, mode); // whatever the umask says
  return temporary;
};
