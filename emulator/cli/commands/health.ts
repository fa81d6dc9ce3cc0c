import { setTimeout as delay } from 'node:timers/promises';
import type { AdminAnswer } from '../admin-client.ts';
import { type AdminFlags, addEmulatorFlags, adminClient } from '../admin-flags.ts';
import { EXIT, Failure } from '../context.ts';
import type { AddCommand } from './command.ts';

interface HealthFlags extends AdminFlags {
  readonly wait?: string;
}

const POLL_MS = 100;

/** `health`: for containers and scripts. */
export const health: AddCommand = (program, context, leave) => {
  addEmulatorFlags(program.command('health').description('ask the hub whether it works; exit code 0 if it does'))
    .option('--wait <seconds>', 'ask again until it works, for at most so long')
    .action(async ({ wait = '0', ...flags }: HealthFlags) => {
      const until = Date.now() + Number(wait) * 1000;
      const ask = () => adminClient(flags, context).send('GET /health');
      for (;;) {
        const answer = await ask().catch((error: unknown) => error);
        if (isAnswer(answer) && answer.status === 200) {
          context.out(`${answer.text.trimEnd()}\n`);
          return;
        }
        if (Date.now() >= until) {
          if (!isAnswer(answer)) throw answer;
          context.out(`${answer.text.trimEnd()}\n`);
          leave(EXIT.failed);
          return;
        }
        await delay(POLL_MS);
      }
    });
};

const isAnswer = (outcome: unknown): outcome is AdminAnswer =>
  !(outcome instanceof Failure || outcome instanceof Error);
