import type { Json } from '../../../protocol/json.ts';
import { addAdmin, findAdmin } from '../admin.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** `events`: what has happened, a line of JSON each. */
export const events: AddCommand = (program, context) => {
  addAdmin(program.command('events').description('print what has happened, a line of JSON each'))
    .option('-f, --follow', 'and what happens from now on')
    .option('--since <number>', 'only what came after that event', '0')
    .option('--type <type>', 'only of that kind, such as twin.reported')
    .action(async (given: Given) => {
      const admin = findAdmin(given, context);
      const path = `/events?since=${encodeURIComponent(String(given.since))}`;
      const print = (event: Readonly<Record<string, Json>>): void => {
        if (given.type === undefined || event.type === given.type) context.out(`${JSON.stringify(event)}\n`);
      };
      if (given.follow === true)
        await admin.follow(path, (line) => {
          if (line.startsWith('data: ')) print(JSON.parse(line.slice('data: '.length)));
        });
      else for (const event of JSON.parse(await admin.ask('GET', `${path}&format=json`))) print(event);
    });
};
