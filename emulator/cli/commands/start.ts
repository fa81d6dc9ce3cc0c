import type { Command } from 'commander';
import { UsageError } from '../../options.ts';
import { interruption } from '../interruption.ts';
import { openBrowser } from '../open-browser.ts';
import { addOptionFlags, readOptions } from '../option-flags.ts';
import { self } from '../self.ts';
import { addShortForms, type ShortForms, withShortForms } from '../short-forms.ts';
import type { AddCommand } from './command.ts';

const BACKGROUND = '--background';

interface StartFlags extends ShortForms {
  readonly background?: true;
  readonly open?: true;
}

/** `start`: a hub that runs until a signal ends it. */
export const start: AddCommand = (program, context) => {
  const command: Command = program.command('start').description('start a hub and run until interrupted');
  addOptionFlags(
    addShortForms(command)
      .option(BACKGROUND, 'return when the hub is ready; it goes on until `stop`')
      .option('--open', 'open the page in the browser'),
  ).action(async (flags: StartFlags) => {
    const options = readOptions(withShortForms(flags), context);
    if (flags.open && options.page === 'off') throw new UsageError('--open opens the page, which is off');
    if (flags.background) {
      const { startInBackground } = await import('../background.ts');
      await startInBackground(
        process.argv.slice(2).filter((word) => word !== BACKGROUND),
        context,
      );
      return;
    }
    const { startUp, withEmulator } = await import('../startup.ts');
    const { banner, readyLine } = await import('../banner.ts');
    const { recordEmulator } = await import('../../endpoints/emulator-records.ts');
    const emulator = await startUp(options, context);
    await withEmulator(emulator, context, async () => {
      const isJson = options.logFormat === 'json';
      const text = isJson ? readyLine(emulator, options) : banner(emulator, options, self(context.environment));
      const interrupted = interruption(context);
      context.out(text);
      if (flags.open) openBrowser(emulator.adminUrl, context);
      const removeRecord = recordEmulator(emulator, options);
      context.warm?.();
      await interrupted;
      removeRecord();
    });
    context.out(options.logFormat === 'json' ? `${JSON.stringify({ event: 'stopped' })}\n` : 'Stopped\n');
  });
};
