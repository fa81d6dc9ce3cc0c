import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const user = (): string => String(process.getuid?.() ?? process.env.USERNAME ?? 'user');

/** The folder of this user where all users may write: another user may have created it first. */
export const sharedTemporaryFolder = (): string => join(tmpdir(), `iothub-emulator-${user()}`);

/** Creates the folder if there is none. False if others can write or read there, or if it is a link. */
export const makePrivate = (folder: string): boolean => {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {} // it exists, or cannot be made: then it is not private either
  return isPrivate(folder);
};

/** True for a folder, not a link to one, that belongs to this user alone. Windows gives every user a folder of their own. */
export const isPrivate = (folder: string): boolean => {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return false;
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
};
