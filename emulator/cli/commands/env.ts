import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { environmentOf } from '../../environment.ts';
import { quoted } from '../banner.ts';
import { EXIT, Failure } from '../context.ts';
import { addLogin, readLogin } from '../login.ts';
import type { AddCommand } from './index.ts';

const ADMIN_URL = 'http://127.0.0.1:8088';

/** `env`: what a shell must export so that programs find and trust the hub. */
export const env: AddCommand = (program, context) => {
  addLogin(program.command('env').description('print environment variables: eval "$(iothub-emulator env)"'))
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['sh', 'dotenv', 'json']).default('sh'))
    .action((given: Readonly<Record<string, unknown>>) => {
      const { text, caFile } = readLogin(given, context);
      if (caFile === undefined)
        throw new Failure(EXIT.failed, 'There is no development CA yet. It is made when the emulator first starts.');
      const variables = environmentOf(
        {
          connectionString: text,
          adminUrl: context.environment.IOTHUB_EMULATOR_ADMIN_URL ?? ADMIN_URL,
          ca: { pem: readFileSync(caFile, 'utf8'), file: caFile },
        },
        context.environment,
      );
      context.out(print(variables, String(given.output)));
    });
};

const print = (variables: Readonly<Record<string, string>>, form: string): string => {
  if (form === 'json') return `${JSON.stringify(variables, null, 2)}\n`;
  const line = form === 'sh' ? (name: string, value: string) => `export ${name}=${quoted(value)}` : dotenv;
  return Object.entries(variables)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('');
};

const dotenv = (name: string, value: string): string => `${name}=${JSON.stringify(value)}`;
