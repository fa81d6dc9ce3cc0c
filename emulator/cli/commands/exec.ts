import { basename } from 'node:path';
import { AdminClient } from '../admin-client.ts';
import { addOptionFlags, readOptions } from '../option-flags.ts';
import { addShortForms, type ShortForms, withShortForms } from '../short-forms.ts';
import type { AddCommand } from './command.ts';
import { usageText } from './usage.ts';

interface ExecFlags extends ShortForms {
  readonly usage?: true;
}

const ONLY_NODE =
  '--ports random redirects programs on Node only. SDKs in other languages have ports built in: leave --ports out for them.';

/** As far as its name tells. */
const isOfAnotherLanguage = (program = ''): boolean =>
  /^(python|pytest|java|mvn|gradle|dotnet|go|cargo)[\d.]*$/.test(basename(program, '.exe'));

/** `exec -- CMD`: a hub that runs as long as one program. */
export const exec: AddCommand = (program, context, leave) => {
  const command = program
    .command('exec')
    .description('start a hub, run a program against it, stop; the exit code is that of the program')
    .argument('<command...>', 'the program and its arguments, after --')
    .option('--usage', 'say at the end what the program has used, and which tier that needs')
    .passThroughOptions();
  addOptionFlags(addShortForms(command)).action(async (words: string[], { usage, ...flags }: ExecFlags) => {
    // what the program prints must stay readable
    const environment = { IOTHUB_EMULATOR_LOG_LEVEL: 'warn', ...context.environment };
    const options = readOptions(withShortForms(flags), { ...context, environment });
    const { startUp, withEmulator } = await import('../startup.ts');
    const { runAttached } = await import('../run-attached.ts');
    const emulator = await startUp(options, context);
    context.warm?.();
    if (flags.ports === 'random' && isOfAnotherLanguage(words[0])) context.err(`${ONLY_NODE}\n`);
    await withEmulator(emulator, context, async () => {
      leave(await runAttached(words, { ...context.environment, ...emulator.env() }, context));
      if (!usage) return;
      const admin = new AdminClient({ url: emulator.adminUrl, token: options.adminToken });
      context.err(usageText(await admin.call('GET /usage')));
    });
  });
};
