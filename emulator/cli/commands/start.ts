import { addFlags, readOptions } from '../flags.ts';
import { self } from '../self.ts';
import type { AddCommand } from './index.ts';

/** `start`: runs until a signal ends it. */
export const start: AddCommand = (program, context) => {
  addFlags(program.command('start').description('start a hub and run until interrupted')).action(async (given) => {
    const options = readOptions(given, context);
    const { startUp } = await import('../startup.ts');
    const { banner, readyLine } = await import('../banner.ts');
    const emulator = await startUp(options, context);
    const { announce } = await import('../locator.ts');
    const silence = announce(emulator, options);
    const interrupted = interruption();
    context.out(
      options.logFormat === 'json'
        ? readyLine(emulator, options)
        : banner(emulator, options, self(context.environment)),
    );
    context.warm?.();
    await interrupted;
    silence();
    await emulator.close();
  });
};

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first signal ends the emulator; a second one finds Node's own handling, which ends the process. */
const interruption = (): Promise<void> =>
  new Promise((done) => {
    const end = (): void => {
      for (const name of SIGNALS) process.off(name, end);
      done();
    };
    for (const name of SIGNALS) process.on(name, end);
  });
