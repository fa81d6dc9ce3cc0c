import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '../index.ts';
import type { Options } from '../options.ts';

/** Where a running emulator is, for commands that are started elsewhere. */
export interface Location {
  readonly pid: number;
  readonly adminUrl: string;
  readonly adminToken?: string | undefined;
  /** Of the policy that may do everything. */
  readonly connectionString: string;
  /** The development CA; not there if the certificate was brought along. */
  readonly caFile?: string | undefined;
}

/** Leaves word of a running emulator in the folder for temporary files. Returns how to take it back. */
export const announce = (emulator: Emulator, { adminToken }: Options): (() => void) => {
  const file = join(folder(), `${process.pid}.json`);
  const location: Location = {
    pid: process.pid,
    adminUrl: emulator.adminUrl,
    adminToken,
    connectionString: emulator.connectionString(),
    caFile: emulator.caFile,
  };
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(location), { mode: 0o600 });
  } catch {
    return () => {}; // commands can be told where it is
  }
  return () => rmSync(file, { force: true });
};

/** The emulator that was started last and still runs. */
export const locate = (): Location | undefined => {
  try {
    if (!isOurs()) return undefined;
    return readdirSync(folder())
      .filter((name) => name.endsWith('.json')) // a CA lives here too, where the home directory cannot be written
      .map((name) => join(folder(), name))
      .map((file) => ({ file, at: statSync(file).mtimeMs }))
      .sort((a, b) => b.at - a.at)
      .map(({ file }) => JSON.parse(readFileSync(file, 'utf8')))
      .find(({ pid }: Location) => isAlive(pid));
  } catch {
    return undefined;
  }
};

const user = (): string => String(process.getuid?.() ?? process.env.USERNAME ?? 'user');

const folder = (): string => join(tmpdir(), `iothub-emulator-${user()}`);

/** Anybody may make a folder of that name where everybody may write. */
const isOurs = (): boolean => process.getuid === undefined || statSync(folder()).uid === process.getuid();

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
