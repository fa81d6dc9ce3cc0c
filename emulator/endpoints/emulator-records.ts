import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../files.ts';
import type { Options } from '../options.ts';
import { isPrivate, makePrivate, sharedTemporaryFolder } from '../private-folder.ts';

/** A running emulator of this user on this machine, for commands that run in other processes. */
export interface EmulatorRecord {
  readonly pid: number;
  readonly adminUrl: string;
  readonly adminToken?: string | undefined;
  /** Of the policy that may do everything. */
  readonly connectionString: string;
  /** Of the built-in event hub. */
  readonly eventsConnectionString?: string | undefined;
  /** The file of the development CA; undefined if the user gave a certificate. */
  readonly caFile?: string | undefined;
}

/** What a record needs of an emulator. */
interface Recorded {
  readonly adminUrl: string;
  readonly caFile: string | undefined;
  connectionString(): string;
  eventsConnectionString(): string;
}

/**
 * Writes a record of an emulator that has started; it holds the admin token, so the folder must be private. Returns a function
 * that removes it.
 */
export const recordEmulator = (emulator: Recorded, { adminToken }: Pick<Options, 'adminToken'>): (() => void) => {
  const record: EmulatorRecord = {
    pid: process.pid,
    adminUrl: emulator.adminUrl,
    adminToken,
    connectionString: emulator.connectionString(),
    eventsConnectionString: emulator.eventsConnectionString(),
    caFile: emulator.caFile,
  };
  const folder = folders().find(makePrivate);
  if (folder === undefined) return () => {}; // then commands need --admin-url
  const file = join(folder, `${process.pid}.json`);
  try {
    replaceFile(file, JSON.stringify(record), 0o600);
  } catch {
    return () => {};
  }
  return () => rmSync(file, { force: true });
};

/** The record of one process; undefined before it has started. */
export const recordOf = (pid: number): EmulatorRecord | undefined =>
  runningRecords().find((record) => record.pid === pid);

/** A file in the private folder of the records. Throws if that cannot be written. */
export const recordFile = (name: string): string => {
  const place = folders().find(makePrivate);
  if (place === undefined) throw new Error('There is no folder for temporary files that belongs to this user alone');
  return join(place, name);
};

/** The emulator that was started last and still runs. */
export const latestRecord = (): EmulatorRecord | undefined => runningRecords()[0];

/** The emulators that run, the latest first. Records of those that were killed are removed. */
export const runningRecords = (): readonly EmulatorRecord[] => {
  try {
    return folders()
      .filter(isPrivate)
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((file) => file.endsWith('.json')) // the folder also has the CA if the home directory is read-only
      .map((file) => ({ file, at: statSync(file).mtimeMs }))
      .sort((a, b) => b.at - a.at)
      .flatMap(({ file }): EmulatorRecord[] => {
        const record: EmulatorRecord = JSON.parse(readFileSync(file, 'utf8'));
        if (isAlive(record.pid)) return [record];
        rmSync(file, { force: true });
        return [];
      });
  } catch {
    return [];
  }
};

/** Where records can be, the usual place first. The other one belongs to this user even where all share one for temporary files. */
const folders = (): string[] => {
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  return [sharedTemporaryFolder(), ...(runtime ? [join(runtime, 'iothub-emulator')] : [])];
};

/** True while a process of that number exists. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
