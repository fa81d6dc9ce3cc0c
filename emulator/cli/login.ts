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
import { UsageError } from '../options.ts';
import { serviceString } from '../strings.ts';
import type { Context } from './context.ts';
import { locate } from './locator.ts';

/** A hub as a service app sees it. */
export interface Login {
  readonly text: string;
  readonly parts: ConnectionString & { readonly SharedAccessKeyName: string; readonly SharedAccessKey: string };
  /** The emulator's CA, if it has one on this machine. */
  readonly caFile: string | undefined;
}

/** Flags of every command that speaks with a hub. */
export const addLogin = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '-l, --login <connection-string>',
        'which hub (IOTHUB_CONNECTION_STRING if not given, else the emulator that was started last)',
      ),
    )
    .option('--ca-dir <folder>', 'folder of the development CA');

/** `--login`, else the environment, else the running emulator, else the string that every emulator has. Throws UsageError. */
export const readLogin = (given: Readonly<Record<string, unknown>>, context: Context): Login => {
  const { environment } = context;
  const told = typeof given.login === 'string' ? given.login : environment.IOTHUB_CONNECTION_STRING;
  const text = told || locate()?.connectionString || serviceString('localhost', policies());
  const parts = parse(text);
  const { SharedAccessKeyName, SharedAccessKey } = parts;
  if (SharedAccessKeyName === undefined || SharedAccessKey === undefined)
    throw new UsageError('The connection string of a service has SharedAccessKeyName and SharedAccessKey');
  const caFile = caFileOf(given, context);
  return {
    text,
    parts: { ...parts, SharedAccessKeyName, SharedAccessKey },
    caFile: existsSync(caFile) ? caFile : undefined,
  };
};

/** Where the development CA is, or would be: as told, else that of the running emulator, else where every emulator has it. */
export const caFileOf = (given: Readonly<Record<string, unknown>>, { environment, folder }: Context): string => {
  const told = typeof given.caDir === 'string' ? given.caDir : environment.IOTHUB_EMULATOR_CA_DIR;
  if (told) return resolve(folder, told, 'ca.pem');
  return environment.IOTHUB_CA_FILE || locate()?.caFile || join(defaultFolder(), 'ca.pem');
};

/** The string of another policy of that hub; its key is the one that every emulator has. Throws UsageError. */
export const stringFor = (policy: string, login: Login): string => {
  if (policy.toLowerCase() === login.parts.SharedAccessKeyName.toLowerCase()) return login.text;
  const known = POLICY_NAMES.find((name) => name.toLowerCase() === policy.toLowerCase());
  if (known === undefined) throw new UsageError(`There is no policy ${policy}; there are ${POLICY_NAMES.join(', ')}`);
  const owner = policies().get(login.parts.SharedAccessKeyName)?.primaryKey;
  if (owner !== login.parts.SharedAccessKey)
    throw new UsageError(`The key of ${policy} on ${login.parts.HostName} is not known here`);
  return formatConnectionString({ ...parseConnectionString(serviceString(login.parts.HostName, policies(), known)) });
};

const parse = (text: string): ConnectionString => {
  try {
    return parseConnectionString(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
