import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { environmentOf } from '../../environment.ts';
import { placeOf } from '../admin.ts';
import { EXIT, Failure } from '../context.ts';
import { addLogin, readLogin } from '../login.ts';
import { quoted, quotedForPowerShell } from '../shell.ts';
import type { AddCommand } from './index.ts';

/** `env`: what a shell must export so that programs find and trust the hub. */
export const env: AddCommand = (program, context) => {
  addLogin(program.command('env').description('print environment variables: eval "$(iothub-emulator env)"'))
    .addOption(
      new Option('-o, --output <form>', 'how to print').choices(['sh', 'powershell', 'dotenv', 'json']).default('sh'),
    )
    .action((given: Readonly<Record<string, unknown>>) => {
      const { text, caFile } = readLogin(given, context);
      if (caFile === undefined)
        throw new Failure(EXIT.failed, 'There is no development CA yet. It is made when the emulator first starts.');
      const variables = environmentOf(
        {
          connectionString: text,
          adminUrl: placeOf({}, context).url,
          ca: { pem: readFileSync(caFile, 'utf8'), file: caFile },
        },
        context.environment,
      );
      context.out(print(variables, String(given.output)));
    });
};

const print = (variables: Readonly<Record<string, string>>, form: string): string => {
  const line = LINES[form];
  if (line === undefined) return `${JSON.stringify(variables, null, 2)}\n`;
  return Object.entries(variables)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('');
};

const LINES: Readonly<Record<string, (name: string, value: string) => string>> = {
  sh: (name, value) => `export ${name}=${quoted(value)}`,
  powershell: (name, value) => `$env:${name} = ${quotedForPowerShell(value)}`,
  dotenv: (name, value) => `${name}=${JSON.stringify(value)}`,
};
