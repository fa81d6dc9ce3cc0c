import { InvalidArgumentError } from 'commander';
import { HubError } from '../../../protocol/errors.ts';
import { runningEmulators, stopEmulator } from '../../endpoints/running-emulators.ts';
import { EXIT, Failure } from '../context.ts';
import type { AddCommand } from './command.ts';

interface StopFlags {
  readonly all?: true;
}

/** `stop`: ends emulators that this user has started on this machine. */
export const stop: AddCommand = (program, context) => {
  program
    .command('stop')
    .description('end the hub that was started last on this machine, or one that `ps` lists')
    .argument('[pid]', 'the number of its process', readPid)
    .option('--all', 'every hub of this user')
    .action(async (pid: number | undefined, { all }: StopFlags) => {
      const running = await runningEmulators();
      if (running.length === 0) throw new Failure(EXIT.notReachable, 'No hub of this user runs on this machine.');
      const meant =
        pid === undefined ? running.slice(0, all ? undefined : 1) : running.filter((one) => one.pid === pid);
      if (meant.length === 0)
        throw new Failure(EXIT.notFound, `No hub of this user runs as process ${pid}: see \`ps\`.`);
      for (const one of meant) {
        await stopEmulator(one.pid, one.adminUrl).catch((error: unknown) => {
          if (!(error instanceof HubError)) throw error;
          throw new Failure(EXIT.failed, [error.text, error.hint].filter(Boolean).join('\n'));
        });
        context.err(`Stopped the hub at ${one.adminUrl}, pid ${one.pid}\n`);
      }
    });
};

const readPid = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number, as `ps` lists it.');
};
