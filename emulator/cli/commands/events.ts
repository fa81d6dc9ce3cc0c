import type { AdminClient } from '../admin-client.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import type { AddCommand } from './command.ts';

interface EventFlags extends AdminFlags {
  readonly follow?: true;
  readonly since: string;
  readonly type?: string;
}

const DATA = 'data: ';

/** `events`: what has happened, one JSON object a line. */
export const events: AddCommand = (program, context) => {
  addAdminFlags(program.command('events').description('print what has happened, one JSON object a line'))
    .option('-f, --follow', 'go on with what happens from now on')
    .option('--since <number>', 'only events after the one with this number', '0')
    .option('--type <type>', 'only events of this type, such as twin.reported')
    .action(async ({ follow, since, type, ...flags }: EventFlags) => {
      const admin = adminClient(flags, context);
      const print = (event: { readonly type?: unknown }): void => {
        if (type === undefined || event.type === type) context.out(`${JSON.stringify(event)}\n`);
      };
      if (follow)
        await admin.follow(
          'GET /events',
          (line) => {
            if (line.startsWith(DATA)) print(JSON.parse(line.slice(DATA.length)));
          },
          { query: { since } },
        );
      else await list(admin, since, print);
    });
};

/** All pages of the list. */
const list = async (
  admin: AdminClient,
  since: string,
  print: (event: { readonly type?: unknown }) => void,
): Promise<void> => {
  let reached = since;
  for (;;) {
    const page = await admin.call('GET /events', { query: { since: reached, format: 'json' } });
    for (const event of page) print(event);
    const last = page.at(-1);
    if (last === undefined) return;
    reached = String(last.sequence);
  }
};
