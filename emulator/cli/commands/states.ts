import type { Command } from 'commander';
import { addAdmin, findAdmin } from '../admin.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** `reset` and `snapshot …`: back to the beginning, or to any moment that was kept. */
export const states: AddCommand = (program, context) => {
  const dropping = (command: Command): Command =>
    addAdmin(command).option('--drop-connections', 'end all connections as well');
  const how = ({ dropConnections = false }: Given) => ({ dropConnections: dropConnections === true });

  dropping(program.command('reset').description('go back to what the emulator started with')).action(
    async (given: Given) => {
      await findAdmin(given, context).ask('POST', '/reset', how(given));
    },
  );
  const group = program.command('snapshot').description('keep moments of the hub and go back to them');
  addAdmin(group.command('save [name]').description('keep the present state')).action(
    async (name: string | undefined, given: Given) => {
      const answer = await findAdmin(given, context).ask('POST', '/snapshots', name === undefined ? {} : { name });
      context.out(`${JSON.parse(answer).name}\n`);
    },
  );
  dropping(group.command('load <name>').description('go back to it')).action(async (name: string, given: Given) => {
    await findAdmin(given, context).ask('POST', `/snapshots/${encodeURIComponent(name)}/restore`, how(given));
  });
  addAdmin(group.command('list').description('list what is kept')).action(async (given: Given) => {
    context.out(`${JSON.stringify(JSON.parse(await findAdmin(given, context).ask('GET', '/snapshots')), null, 2)}\n`);
  });
  addAdmin(group.command('delete <name>').description('forget it')).action(async (name: string, given: Given) => {
    await findAdmin(given, context).ask('DELETE', `/snapshots/${encodeURIComponent(name)}`);
  });
};
