import { type Command, Option } from 'commander';
import { pointing } from '../caret.ts';
import { addLoginFlags, type LoginFlags, readLogin } from '../login.ts';
import { ServiceClient } from '../service-client.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

interface QueryFlags extends LoginFlags {
  readonly output: 'table' | 'json';
  readonly top: string;
}

/** `query`: devices, modules or jobs that a query selects. */
export const query: AddCommand = (program, context) => {
  const command: Command = program.command('query').argument('<text>').description('print what a query selects');
  addLoginFlags(command)
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--top <number>', 'at most so many rows', '1000')
    .addHelpText('after', EXAMPLE)
    .action(async (text: string, { output, top, ...flags }: QueryFlags) => {
      const client = new ServiceClient(readLogin(flags, context));
      const rows = await pointing(text, () => client.query(text, Number(top)));
      context.out(output === 'json' ? printed(rows) : asTable(rows));
    });
};

const EXAMPLE = `
iothub-emulator query "SELECT deviceId, tags.hall FROM devices WHERE properties.reported.celsius > 200"`;
