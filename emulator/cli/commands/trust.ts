import { type Command, Option } from 'commander';
import { STORE_NAMES } from '../trust/store.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** `trust` and `untrust`: the development CA into the stores of this machine, and out again. */
export const trust: AddCommand = (program, context) => {
  addStore(program.command('trust').description('make the programs of this machine trust the development CA'))
    .option('--print', 'print what each kind of program needs, and change nothing')
    .addHelpText('after', HELP)
    .action(async (given: Given) => {
      const { printLines, trustIn } = await import('../trust/trust.ts');
      await (given.print === true ? printLines(given, context) : trustIn(given, context));
    });
  addStore(program.command('untrust').description('take back what trust has done')).action(async (given: Given) => {
    const { untrustIn } = await import('../trust/trust.ts');
    await untrustIn(given, context);
  });
};

const addStore = (command: Command): Command =>
  command
    .addOption(
      new Option('--store <name...>', 'only there; all that this machine has, if not given').choices(STORE_NAMES),
    )
    .option('--ca-dir <folder>', 'folder of the development CA');

const HELP = `
Stores: os is that of the system (needs root on Linux), java a copy of the JVM's own beside the CA, nss that of Chromium
on Linux. Only the certificate goes there, never the key. What the shell has to do itself is printed:
  eval "$(iothub-emulator trust --store java)"`;
