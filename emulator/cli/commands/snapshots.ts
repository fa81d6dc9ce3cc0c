import type { Command } from 'commander';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { type AddCommand, printed } from './command.ts';

interface RestoreFlags extends AdminFlags {
  readonly dropConnections?: boolean;
}

/** `reset` and `snapshot …`: back to the state after the seed, or to a snapshot. */
export const snapshots: AddCommand = (program, context) => {
  const addRestoreFlags = (command: Command): Command =>
    addAdminFlags(command).option('--drop-connections', 'end all connections too');
  const bodyOf = ({ dropConnections = false }: RestoreFlags) => ({ dropConnections });

  addRestoreFlags(program.command('reset').description('go back to the state after the seed')).action(
    async (flags: RestoreFlags) => {
      await adminClient(flags, context).call('POST /reset', { body: bodyOf(flags) });
    },
  );
  const group = program.command('snapshot').description('take snapshots of the hub and go back to them');
  addAdminFlags(group.command('save [name]').description('take a snapshot; prints its name')).action(
    async (name: string | undefined, flags: AdminFlags) => {
      const body = name === undefined ? {} : { name };
      context.out(`${(await adminClient(flags, context).call('POST /snapshots', { body })).name}\n`);
    },
  );
  addRestoreFlags(group.command('load <name>').description('go back to a snapshot')).action(
    async (name: string, flags: RestoreFlags) => {
      const call = { params: { name }, body: bodyOf(flags) };
      await adminClient(flags, context).call('POST /snapshots/:name/restore', call);
    },
  );
  addAdminFlags(group.command('list').description('list the snapshots')).action(async (flags: AdminFlags) =>
    context.out(printed(await adminClient(flags, context).call('GET /snapshots'))),
  );
  addAdminFlags(group.command('delete <name>').description('delete a snapshot')).action(
    async (name: string, flags: AdminFlags) => {
      await adminClient(flags, context).call('DELETE /snapshots/:name', { params: { name } });
    },
  );
};
