import { addAdmin, findAdmin } from '../admin.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** `clock …`: the hub's time. */
export const clock: AddCommand = (program, context) => {
  const group = program.command('clock').description("show and turn the hub's clock");
  const say = (answer: string): void => context.out(`${JSON.parse(answer).now}\n`);
  addAdmin(group.command('show').description('what time it is')).action(async (given: Given) =>
    say(await findAdmin(given, context).ask('GET', '/clock')),
  );
  addAdmin(
    group.command('advance <duration>').description('turn a virtual clock on by 30s, 5m, 1h, 2d, or to a time'),
  ).action(async (duration: string, given: Given) => {
    const body = /^\d{4}-/.test(duration) ? { to: new Date(duration).toISOString() } : { by: duration };
    say(await findAdmin(given, context).ask('POST', '/clock/advance', body));
  });
  addAdmin(group.command('settle').description('wait until nothing is due')).action(async (given: Given) =>
    say(await findAdmin(given, context).ask('POST', '/clock/settle')),
  );
};
