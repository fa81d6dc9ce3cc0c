import { accessSync, constants, existsSync, promises } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf } from '../files.ts';
import { makePrivate, sharedTemporaryFolder } from '../private-folder.ts';

/** The folder of certificates if no other is given. */
export const defaultFolder = (): string => join(homedir(), '.iothub-emulator');

/** The folder that a start without a given folder uses; creates nothing. */
export const folderOfNextStart = (): string => {
  const folder = defaultFolder();
  const isUsable =
    existsSync(join(folder, 'authority.pem')) || isWritable(existsSync(folder) ? folder : dirname(folder));
  return isUsable ? folder : sharedTemporaryFolder();
};

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Creates a folder and those above it. Node's own `recursive` does not end where a file system refuses folders, as /proc does. */
export const makeFolder = async (folder: string): Promise<void> => {
  const make = () => promises.mkdir(folder, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await make();
  }
};

/** A private folder for machines whose home directory is read-only; the same one at every start if possible. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = sharedTemporaryFolder();
  // another user may have created the folder in order to give us a CA of theirs
  return makePrivate(folder) ? folder : promises.mkdtemp(join(tmpdir(), 'iothub-emulator-'));
};
