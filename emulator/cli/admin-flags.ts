import type { Command } from 'commander';
import { type EmulatorRecord, latestRecord } from '../endpoints/emulator-records.ts';
import { UsageError } from '../options.ts';
import { AdminClient, type AdminEndpoint } from './admin-client.ts';
import type { Context } from './context.ts';

const DEFAULT_URL = 'http://127.0.0.1:8088';

/** Flags of commands that talk to a running emulator; `hub` only of those for one of its hubs. */
export interface AdminFlags {
  readonly adminUrl?: string;
  readonly adminToken?: string;
  readonly hub?: string;
}

export const addEmulatorFlags = (command: Command): Command =>
  command
    .option('--admin-url <url>', 'the emulator (the one that was started last, if not given)')
    .option('--admin-token <token>', 'its token, if it requires one');

export const addAdminFlags = (command: Command): Command =>
  addEmulatorFlags(command).option('--hub <name>', 'a fork of it, such as the hub of a student');

/** An emulator that may run. */
export interface FoundEmulator extends AdminEndpoint {
  /** Its record, if this user started it on this machine. */
  readonly record: EmulatorRecord | undefined;
}

/** The flag, else the environment, else the emulator that was started last, else the usual port. */
export const findEmulator = (flags: AdminFlags, { environment }: Context): FoundEmulator => {
  const latest = latestRecord();
  const url = flags.adminUrl || environment.IOTHUB_EMULATOR_ADMIN_URL || latest?.adminUrl || DEFAULT_URL;
  const record = url === latest?.adminUrl ? latest : undefined;
  return { url, token: flags.adminToken || environment.IOTHUB_EMULATOR_ADMIN_TOKEN || record?.adminToken, record };
};

export const adminClient = (flags: AdminFlags, context: Context): AdminClient => {
  const { url, token } = findEmulator(flags, context);
  return new AdminClient({
    url: flags.hub === undefined ? url : `${url}/hubs/${encodeURIComponent(flags.hub)}`,
    token,
  });
};

/** The emulator of `--from`, elsewhere. Throws UsageError. */
export const emulatorAt = (from: string, token: string | undefined, { environment }: Context): AdminEndpoint => {
  if (!URL.canParse(from) || !from.startsWith('http://'))
    throw new UsageError(
      `--from ${from} is not a valid URL: give that of the admin API, such as http://192.168.1.20:8088`,
    );
  return { url: new URL(from).origin, token: token || environment.IOTHUB_EMULATOR_ADMIN_TOKEN };
};
