import type { Template } from '../../../protocol/admin/simulated.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { JSON_HELP, readJson } from '../json-argument.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

/** `templates …`: what simulated devices do. */
export const templates: AddCommand = (program, context) => {
  const group = program.command('templates').description('list, save and delete what `device simulate` can be');
  addAdminFlags(group.command('list').description('list the templates'))
    .option('--json', 'print JSON')
    .action(async ({ json, ...flags }: AdminFlags & { readonly json?: true }) => {
      const list = await adminClient(flags, context).call('GET /templates');
      context.out(json ? printed(list) : asTable(list.map(row)));
    });
  addAdminFlags(group.command('save <name> <template>').description(`save a template in the hub: ${JSON_HELP}`))
    .option('--title <text>', 'what it is, for people')
    .action(async (name: string, text: string, { title, ...flags }: AdminFlags & { readonly title?: string }) => {
      const { templateOf } = await import('../simulate/template.ts');
      const body = { ...templateOf(readJson(text, context)), title };
      await adminClient(flags, context).call('PUT /templates/:name', { params: { name }, body });
    });
  addAdminFlags(group.command('delete <name>').description('delete a template that was saved')).action(
    async (name: string, flags: AdminFlags) => {
      await adminClient(flags, context).call('DELETE /templates/:name', { params: { name } });
    },
  );
};

interface Listed extends Template {
  readonly name: string;
  readonly title: string;
  readonly isSaved: boolean;
}

const row = ({ name, title, isSaved, telemetry, reported, methods }: Listed) => ({
  name,
  title,
  saved: isSaved ? 'yes' : '',
  ...Object.fromEntries(Object.entries({ telemetry, reported, methods }).map(([part, of]) => [part, namesIn(of)])),
});

const namesIn = (of: object): string => Object.keys(of).join(' ');
