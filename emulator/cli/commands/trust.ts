import { type Command, Option } from 'commander';
import { emulatorAt } from '../admin-flags.ts';
import type { Context } from '../context.ts';
import { STORE_NAMES } from '../trust/store.ts';
import type { TrustFlags } from '../trust/trust.ts';
import type { AddCommand } from './command.ts';

/** `trust` and `untrust`: the development CA in the trust stores of this machine. */
export const trust: AddCommand = (program, context) => {
  addStoreFlags(program.command('trust').description('make the programs of this machine trust the development CA'))
    .addOption(
      new Option('--from <url>', 'the CA of an emulator on another machine: the URL of its admin API').conflicts(
        'caDir',
      ),
    )
    .option('--print', 'print what each kind of program needs, and change nothing')
    .addHelpText('after', HELP)
    .action(async ({ print, from, ...given }: TrustFlags & { readonly print?: true; readonly from?: string }) => {
      const { printLines, trustIn } = await import('../trust/trust.ts');
      const flags = from === undefined ? given : { ...given, caDir: await fetchedFolder(from, context) };
      await (print ? printLines(flags, context) : trustIn(flags, context));
    });
  addStoreFlags(program.command('untrust').description('undo what trust has done')).action(
    async (flags: TrustFlags) => {
      const { untrustIn } = await import('../trust/trust.ts');
      await untrustIn(flags, context);
    },
  );
};

const fetchedFolder = async (from: string, context: Context): Promise<string> => {
  const { fetchAuthority } = await import('../remote-emulator.ts');
  return (await fetchAuthority(emulatorAt(from, undefined, context), context)).folder;
};

const addStoreFlags = (command: Command): Command =>
  command
    .addOption(
      new Option('--store <name...>', 'only these stores; all that this machine has, if not given').choices(
        STORE_NAMES,
      ),
    )
    .option('--ca-dir <folder>', 'folder of the development CA');

const HELP = `
Stores: os is the store of the system (needs root on Linux), java a copy of the JVM's own store next to the CA, nss that of
Chromium on Linux. Only the certificate is added, never the key. The command prints what the shell has to do itself:
  eval "$(iothub-emulator trust --store java)"`;
