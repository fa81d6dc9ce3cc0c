import { whenNpmEnds } from './ancestors.ts';
import type { Context } from './context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first signal ends the emulator, and so does the end of `npx`. The second one is not handled: it ends the process at once. */
export const interruption = ({ environment }: Context): Promise<void> =>
  new Promise((done) => {
    const end = (): void => {
      for (const name of SIGNALS) process.off(name, end);
      stopWatching();
      done();
    };
    const stopWatching = whenNpmEnds(environment, end);
    for (const name of SIGNALS) process.on(name, end);
  });
