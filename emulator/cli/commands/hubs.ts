import { type AdminFlags, addEmulatorFlags, adminClient } from '../admin-flags.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

/** `hubs …`: the hub and its forks. */
export const hubs: AddCommand = (program, context) => {
  const group = program.command('hubs').description('list, make and close forks of the hub');
  addEmulatorFlags(group.command('list').description('list the hub and its forks'))
    .option('--json', 'print JSON')
    .action(async ({ json, ...flags }: AdminFlags & { readonly json?: true }) => {
      const list = await adminClient(flags, context).call('GET /hubs');
      context.out(json ? printed(list) : asTable(list));
    });
  addEmulatorFlags(
    group.command('create [name]').description('make a fork, a copy of the hub; prints its connection string'),
  )
    .option('--from <name>', 'copy this fork instead')
    .action(async (name: string | undefined, { from, ...flags }: AdminFlags & { readonly from?: string }) => {
      const { connectionString } = await adminClient(flags, context).call('POST /hubs', { body: { name, from } });
      context.out(`${connectionString}\n`);
    });
  addEmulatorFlags(group.command('delete <name>').description('close a fork')).action(
    async (name: string, flags: AdminFlags) => {
      await adminClient(flags, context).call('DELETE /hubs/:name', { params: { name } });
    },
  );
};
