import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../files.ts';
import type { Options } from '../options.ts';
import { isPrivate, makePrivate, sharedTemporaryFolder } from '../private-folder.ts';
import { isOurs, startOf } from './processes.ts';

/** A running emulator of this user on this machine, for commands that run in other processes. */
export interface EmulatorRecord {
  readonly pid: number;
  /** When the process started; undefined where the machine does not say. */
  readonly processStart?: string | undefined;
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
 * Writes a record of an emulator that has started, and removes those of emulators that were killed; it holds the admin token, so
 * the folder must be private. Returns a function that removes it.
 */
export const recordEmulator = (emulator: Recorded, { adminToken }: Pick<Options, 'adminToken'>): (() => void) => {
  const record: EmulatorRecord = {
    pid: process.pid,
    processStart: startOf(process.pid),
    adminUrl: emulator.adminUrl,
    adminToken,
    connectionString: emulator.connectionString(),
    eventsConnectionString: emulator.eventsConnectionString(),
    caFile: emulator.caFile,
  };
  const folder = folders().find(makePrivate);
  if (folder === undefined) return () => {}; // then commands need --admin-url
  removeLeftOver();
  const file = join(folder, `${process.pid}.json`);
  try {
    replaceFile(file, JSON.stringify(record), 0o600);
  } catch {
    return () => {};
  }
  return () => rmSync(file, { force: true });
};

const removeLeftOver = (): void => {
  for (const { file, record } of allRecords()) {
    try {
      if (!isRunning(record)) rmSync(file, { force: true });
    } catch {} // it is in use: a later start removes it
  }
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

/** The emulators that run, the latest first. */
export const runningRecords = (): readonly EmulatorRecord[] =>
  allRecords()
    .sort((a, b) => b.at - a.at)
    .map(({ record }) => record)
    .filter(isRunning);

/** False if the process has ended, also if its number is that of another by now. */
export const isRunning = ({ pid, processStart }: EmulatorRecord): boolean =>
  isOurs(pid) && (processStart === undefined || processStart === startOf(pid));

interface StoredRecord {
  readonly file: string;
  /** When it was written. */
  readonly at: number;
  readonly record: EmulatorRecord;
}

/** Those of emulators that were killed, too: who reads removes none, since another command may read as well. */
const allRecords = (): StoredRecord[] =>
  folders()
    .filter(isPrivate)
    .flatMap((folder) => namesIn(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.json')) // the folder also has the CA if the home directory is read-only
    .flatMap(stored);

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** None if the file has just been removed, or has something else. */
const stored = (file: string): readonly StoredRecord[] => {
  try {
    const record: EmulatorRecord = JSON.parse(readFileSync(file, 'utf8'));
    const isRecord = Number.isInteger(record.pid) && record.pid > 0 && typeof record.adminUrl === 'string';
    return isRecord ? [{ file, at: statSync(file).mtimeMs, record }] : [];
  } catch {
    return [];
  }
};

/** Where records can be, the usual place first. The other one belongs to this user even where all share one for temporary files. */
const folders = (): string[] => {
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  return [sharedTemporaryFolder(), ...(runtime ? [join(runtime, 'iothub-emulator')] : [])];
};
