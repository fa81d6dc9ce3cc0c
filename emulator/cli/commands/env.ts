import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { variablesFor } from '../../endpoints/environment.ts';
import type { AdminEndpoint } from '../admin-client.ts';
import { emulatorAt, findEmulator } from '../admin-flags.ts';
import { type Context, EXIT, Failure } from '../context.ts';
import { deviceString } from '../device-string.ts';
import { addLoginFlags, type Login, type LoginFlags, readLogin } from '../login.ts';
import { ServiceClient } from '../service-client.ts';
import { quoted, quotedForPowerShell } from '../shell-quoting.ts';
import type { AddCommand } from './command.ts';

interface EnvFlags extends LoginFlags {
  readonly device?: readonly string[];
  readonly from?: string;
  readonly adminToken?: string;
  readonly output: 'sh' | 'powershell' | 'dotenv' | 'json';
}

/** `env`: what a shell must export so that programs find and trust the hub. */
export const env: AddCommand = (program, context) => {
  addLoginFlags(program.command('env').description('print environment variables: eval "$(iothub-emulator env)"'))
    .addOption(
      new Option('-o, --output <form>', 'how to print').choices(['sh', 'powershell', 'dotenv', 'json']).default('sh'),
    )
    .option('--device <id...>', 'with the connection strings of these devices')
    .addOption(
      new Option('--from <url>', 'of an emulator on another machine: the URL of its admin API').conflicts([
        'login',
        'caDir',
      ]),
    )
    .option('--admin-token <token>', 'the token of that emulator')
    .action(async ({ output, device = [], from, adminToken, ...flags }: EnvFlags) => {
      const emulator = from === undefined ? findEmulator({}, context) : emulatorAt(from, adminToken, context);
      const login = from === undefined ? readLogin(flags, context) : await loginFrom(emulator, context);
      const { text, events, caFile, leftOver } = login;
      if (caFile === undefined)
        throw new Failure(EXIT.failed, 'There is no development CA yet. The emulator creates it when it first starts.');
      if (leftOver !== undefined && device.length === 0) context.err(`${leftOver}\n`);
      const ids = device.flatMap((some) => some.split(',')).filter((id) => id !== '');
      const devices = await stringsOf(ids, login);
      const variables = variablesFor(
        {
          connectionString: text,
          eventHubConnectionString: events,
          devices,
          deviceConnectionString: ids.length === 1 ? Object.values(devices)[0] : undefined,
          adminUrl: emulator.url,
          adminToken: from === undefined ? undefined : emulator.token,
          ca: { pem: readFileSync(caFile, 'utf8'), file: caFile },
        },
        context.environment,
      );
      context.out(print(variables, output));
    });
};

const loginFrom = async (emulator: AdminEndpoint, context: Context): Promise<Login> => {
  const { fetchLogin } = await import('../remote-emulator.ts');
  return fetchLogin(emulator, context);
};

const stringsOf = async (ids: readonly string[], login: Login): Promise<Record<string, string>> => {
  const client = new ServiceClient(login);
  const found = await Promise.all(ids.map(async (id) => [id, deviceString(await client.device(id), login)] as const));
  return Object.fromEntries(found);
};

const print = (variables: Readonly<Record<string, string>>, form: EnvFlags['output']): string => {
  if (form === 'json') return `${JSON.stringify(variables, null, 2)}\n`;
  return Object.entries(variables)
    .map(([name, value]) => `${LINES[form](name, value)}\n`)
    .join('');
};

const LINES: Readonly<Record<Exclude<EnvFlags['output'], 'json'>, (name: string, value: string) => string>> = {
  sh: (name, value) => `export ${name}=${quoted(value)}`,
  powershell: (name, value) => `$env:${name} = ${quotedForPowerShell(value)}`,
  dotenv: (name, value) => `${name}=${JSON.stringify(value)}`,
};
