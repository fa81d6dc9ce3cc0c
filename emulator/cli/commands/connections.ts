import type { Command } from 'commander';
import { addAdmin, findAdmin } from '../admin.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** `connections …`: who is connected, and how to end that. */
export const connections: AddCommand = (program, context) => {
  const group = program.command('connections').description('show and end connections of devices');
  addAdmin(group.command('list').description('list who is connected')).action(async (given: Given) => {
    const found = JSON.parse(await findAdmin(given, context).ask('GET', '/connections'));
    context.out(`${JSON.stringify(found, null, 2)}\n`);
  });
  const ending = (name: string, what: string): Command =>
    addAdmin(group.command(`${name} <id>`).description(what))
      .option('--module <id>', 'a module of the device')
      .action(async (id: string, given: Given) => {
        const module = typeof given.module === 'string' ? `/modules/${encodeURIComponent(given.module)}` : '';
        await findAdmin(given, context).ask('POST', `/connections/${encodeURIComponent(id)}${module}/${name}`);
      });
  ending('disconnect', 'end a connection');
  ending('expire', 'end a connection as if its token had expired now');
};
