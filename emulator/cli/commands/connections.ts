import type { Command } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { type AddCommand, printed } from './command.ts';

interface EndFlags extends AdminFlags {
  readonly module?: string;
}

/** `connections …`: who is connected; connections can be ended. */
export const connections: AddCommand = (program, context) => {
  const group = program.command('connections').description('show and end connections of devices');
  addAdminFlags(group.command('list').description('list who is connected')).action(async (flags: AdminFlags) =>
    context.out(printed(await adminClient(flags, context).call('GET /connections'))),
  );
  const addEnd = (how: 'disconnect' | 'expire', description: string): Command =>
    addAdminFlags(group.command(`${how} <id>`).description(description))
      .option('--module <id>', 'a module of the device')
      .action((deviceId: string, { module: moduleId, ...flags }: EndFlags) =>
        end(adminClient(flags, context), how, { deviceId, moduleId }),
      );
  addEnd('disconnect', 'end a connection');
  addEnd('expire', 'end a connection as if its token had expired now');
};

const end = async (
  admin: AdminClient,
  how: 'disconnect' | 'expire',
  { deviceId, moduleId }: { readonly deviceId: string; readonly moduleId: string | undefined },
): Promise<void> => {
  if (moduleId === undefined) await admin.call(`POST /connections/:deviceId/${how}`, { params: { deviceId } });
  else await admin.call(`POST /connections/:deviceId/modules/:moduleId/${how}`, { params: { deviceId, moduleId } });
};
