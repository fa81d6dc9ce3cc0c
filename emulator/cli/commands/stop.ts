import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, Failure } from '../context.ts';
import { isAlive, runningRecords } from '../emulator-records.ts';
import type { AddCommand } from './command.ts';

interface StopFlags {
  readonly all?: true;
}

const POLL_MS = 50;
const END_MS = 10_000;

/** `stop`: ends emulators that this user has started on this machine. */
export const stop: AddCommand = (program, context) => {
  program
    .command('stop')
    .description('end the hub that was started last on this machine')
    .option('--all', 'every hub of this user')
    .action(async ({ all }: StopFlags) => {
      const records = runningRecords();
      if (records.length === 0) throw new Failure(EXIT.notReachable, 'No hub of this user runs on this machine.');
      for (const { pid, adminUrl } of all ? records : records.slice(0, 1)) {
        process.kill(pid, 'SIGTERM');
        await gone(pid);
        context.err(`Stopped the hub at ${adminUrl}, pid ${pid}\n`);
      }
    });
};

const gone = async (pid: number): Promise<void> => {
  for (let waited = 0; isAlive(pid); waited += POLL_MS) {
    if (waited >= END_MS) throw new Failure(EXIT.failed, `Process ${pid} has not ended within ${END_MS / 1000} s.`);
    await delay(POLL_MS);
  }
};
