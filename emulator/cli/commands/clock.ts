import type { ClockState } from '../../../protocol/admin/clock.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { asTable } from '../table.ts';
import type { AddCommand } from './command.ts';

/** `clock …`: the hub's time. */
export const clock: AddCommand = (program, context) => {
  const print = ({ now }: ClockState): void => context.out(`${now}\n`);
  const group = program.command('clock').description("show and advance the hub's clock");
  addAdminFlags(group.command('show').description("print the hub's time")).action(async (flags: AdminFlags) =>
    print(await adminClient(flags, context).call('GET /clock')),
  );
  addAdminFlags(
    group.command('advance <duration>').description('advance a virtual clock by 30s, 5m, 1h, 2d, or to a time'),
  ).action(async (duration: string, flags: AdminFlags) => {
    const body = /^\d{4}-/.test(duration) ? { to: new Date(duration).toISOString() } : { by: duration };
    print(await adminClient(flags, context).call('POST /clock/advance', { body }));
  });
  addAdminFlags(group.command('due').description('list what happens next')).action(async (flags: AdminFlags) =>
    context.out(asTable(await adminClient(flags, context).call('GET /clock/due'))),
  );
  addAdminFlags(group.command('settle').description('wait until nothing is due')).action(async (flags: AdminFlags) =>
    print(await adminClient(flags, context).call('POST /clock/settle')),
  );
};
