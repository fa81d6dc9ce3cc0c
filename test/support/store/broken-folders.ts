import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder } from '../programs/command.ts';

/** A folder on a disk of its own that a test can fill. */
export const smallDisk = (megabytes: number) => {
  const folder = freshFolder('iothub-disk-');
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  const filler = join(folder, 'filler');
  return {
    folder,
    fill(): void {
      const file = openSync(filler, 'w');
      try {
        for (const size of [65_536, 4_096]) fillWith(file, Buffer.alloc(size));
      } finally {
        closeSync(file);
      }
    },
    makeRoom: (): void => rmSync(filler),
    remove: (): void => void spawnSync('umount', ['-l', folder]),
  };
};

const fillWith = (file: number, block: Buffer): void => {
  try {
    while (writeSync(file, block) === block.length);
  } catch {
    // it is full
  }
};

/** A folder that a test can make read-only, for root too and for files that are open. */
export const lockableFolder = () => {
  const folder = join(freshFolder(), 'data');
  mkdirSync(folder);
  const change = (flag: string): void => void execFileSync('chattr', ['-R', flag, folder]);
  return { folder, lock: () => change('+i'), unlock: () => change('-i') };
};

const canRun = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** True where this process may mount a disk. */
export const canMount = (): boolean => {
  const folder = freshFolder('iothub-disk-');
  const mounted = canRun('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  return mounted && canRun('umount', [folder]);
};

/** True where this process may make a folder read-only for everybody. */
export const canLock = (): boolean => {
  const folder = freshFolder('iothub-lock-');
  return canRun('chattr', ['+i', folder]) && canRun('chattr', ['-i', folder]);
};
