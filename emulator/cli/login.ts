import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type ConnectionString,
  formatConnectionString,
  parseConnectionString,
} from '../../protocol/connection-string.ts';
import { POLICY_NAMES, policies } from '../auth/policies.ts';
import { defaultFolder } from '../certificates/folder.ts';
import { isLoopback } from '../endpoints/addresses.ts';
import { serviceString } from '../endpoints/connection-strings.ts';
import { latestRecord, runningRecords } from '../endpoints/emulator-records.ts';
import { UsageError } from '../options.ts';
import type { Context } from './context.ts';

/** A hub as a service app connects to it. */
export interface Login {
  readonly text: string;
  readonly parts: ConnectionString & { readonly SharedAccessKeyName: string; readonly SharedAccessKey: string };
  /** The connection string of the built-in event hub, if the hub is an emulator that runs on this machine. */
  readonly events: string | undefined;
  /** The file of the emulator's CA, if it is on this machine. */
  readonly caFile: string | undefined;
  /** What to do if the environment still names an emulator of this machine that has ended, while another one runs. */
  readonly leftOver: string | undefined;
}

export interface CaFlags {
  readonly caDir?: string;
}

/** Flags of every command that talks to a hub. */
export interface LoginFlags extends CaFlags {
  readonly login?: string;
}

export const addLoginFlags = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '-l, --login <connection-string>',
        'the hub (IOTHUB_CONNECTION_STRING if not given, else the emulator that was started last)',
      ),
    )
    .option('--ca-dir <folder>', 'folder of the development CA');

/** `--login`, else the environment, else the running emulator, else the string that every emulator has. Throws UsageError. */
export const readLogin = (flags: LoginFlags, context: Context): Login => {
  const given = flags.login ?? context.environment.IOTHUB_CONNECTION_STRING;
  const record = latestRecord();
  const text = given || record?.connectionString || serviceString('localhost', policies());
  const parts = parse(text);
  const { SharedAccessKeyName, SharedAccessKey } = parts;
  if (SharedAccessKeyName === undefined || SharedAccessKey === undefined)
    throw new UsageError('The connection string of a service has SharedAccessKeyName and SharedAccessKey');
  return {
    text,
    events: text === record?.connectionString ? record.eventsConnectionString : undefined,
    parts: { ...parts, SharedAccessKeyName, SharedAccessKey },
    caFile: existingCaFile(flags, context),
    leftOver: flags.login || !given ? undefined : leftOver(parts.HostName),
  };
};

/** Forks have other names, but the ports of their emulator. */
const leftOver = (hostName: string): string | undefined => {
  const [host = '', port] = hostName.split(':');
  const running = runningRecords().map(({ connectionString }) => parse(connectionString).HostName);
  if (!leadsHere(host) || running[0] === undefined || running.some((name) => name.split(':')[1] === port))
    return undefined;
  return (
    `IOTHUB_CONNECTION_STRING names the hub at ${hostName}, but the emulator that was started last is at ${running[0]}.\n` +
    'To use that one: unset IOTHUB_CONNECTION_STRING IOTHUB_EMULATOR_ADMIN_URL'
  );
};

/** Whether the name of a host leads to the machine that uses it. */
export const leadsHere = (host: string): boolean => isLoopback(host) || host.endsWith('.localhost');

/** The file of the emulator's CA, if it is on this machine. */
export const existingCaFile = (flags: CaFlags, context: Context): string | undefined => {
  const caFile = caFileOf(flags, context);
  return existsSync(caFile) ? caFile : undefined;
};

/**
 * As `readLogin`, for commands that change something: another hub than an emulator must be named with `--login`, since the
 * environment may still have the connection string of a hub in Azure. Throws UsageError.
 */
export const readLoginToChange = (flags: LoginFlags, context: Context): Login => {
  const login = readLogin(flags, context);
  if (flags.login !== undefined || isEmulator(login)) return login;
  throw new UsageError(
    `IOTHUB_CONNECTION_STRING names the hub ${login.parts.HostName}, which is not an emulator of this machine. ` +
      'To change that hub, give its connection string with --login.',
  );
};

const isEmulator = ({ text, parts }: Login): boolean => {
  const [host = ''] = parts.HostName.split(':');
  const isOurs = runningRecords().some(({ connectionString }) => connectionString === text);
  return isOurs || leadsHere(host) || hasWellKnownKey(parts);
};

/** Only emulators have these keys. */
const hasWellKnownKey = ({ SharedAccessKeyName, SharedAccessKey }: Login['parts']): boolean =>
  policies().get(SharedAccessKeyName)?.primaryKey === SharedAccessKey;

/** The file of the development CA, whether it exists or not: of the flag, else of the running emulator, else the usual one. */
export const caFileOf = (flags: CaFlags, { environment, folder }: Context): string => {
  const given = flags.caDir ?? environment.IOTHUB_EMULATOR_CA_DIR;
  if (given) return resolve(folder, given, 'ca.pem');
  return environment.IOTHUB_CA_FILE || latestRecord()?.caFile || join(defaultFolder(), 'ca.pem');
};

/** The string of another policy of that hub, if it has the well-known key of every emulator. Throws UsageError. */
export const stringFor = (policy: string, { text, parts }: Login): string => {
  if (policy.toLowerCase() === parts.SharedAccessKeyName.toLowerCase()) return text;
  const known = POLICY_NAMES.find((name) => name.toLowerCase() === policy.toLowerCase());
  if (known === undefined) throw new UsageError(`There is no policy ${policy}; there are ${POLICY_NAMES.join(', ')}`);
  if (!hasWellKnownKey(parts)) throw new UsageError(`The key of ${policy} on ${parts.HostName} is not known here`);
  return formatConnectionString({ ...parseConnectionString(serviceString(parts.HostName, policies(), known)) });
};

const parse = (text: string): ConnectionString => {
  try {
    return parseConnectionString(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
