import { LIVE_EVENTS } from '../../../protocol/admin/queries.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { pointing } from '../caret.ts';
import { EXIT, Failure } from '../context.ts';
import type { AddCommand } from './command.ts';

interface LiveFlags extends AdminFlags {
  readonly limit: string;
}

const EVENT = 'event: ';
const DATA = 'data: ';

/** `live-query`: the rows of a query, and each change of them, one JSON object a line. */
export const liveQuery: AddCommand = (program, context) => {
  const command = program.command('live-query <query>');
  addAdminFlags(
    command.description('print the rows of a query and, as twins change, each row that changes or goes, as JSON lines'),
  )
    .option('--limit <number>', 'end if there are more rows', '1000')
    .addHelpText('after', EXAMPLE)
    .action(async (query: string, { limit, ...flags }: LiveFlags) => {
      let type = '';
      const received = (line: string): void => {
        if (line.startsWith(EVENT)) type = line.slice(EVENT.length);
        if (line.startsWith(DATA)) context.out(linesOf(type, JSON.parse(line.slice(DATA.length))));
      };
      const admin = adminClient(flags, context);
      await pointing(query, () => admin.follow('GET /live-query', received, { query: { query, limit } }));
    });
};

/** Throws a Failure at the end. */
const linesOf = (type: string, data: unknown): string => {
  if (type === 'end') throw new Failure(EXIT.failed, LIVE_EVENTS.end.parse(data).why);
  const { rows, removed } = LIVE_EVENTS.changes.parse({ removed: [], ...(data as object) }); // of `rows` or of `changes`
  return [...removed.map((at) => ({ at })), ...rows].map((row) => `${JSON.stringify(row)}\n`).join('');
};

const EXAMPLE = `
iothub-emulator live-query "SELECT deviceId FROM devices WHERE properties.reported.celsius > 200"
A line with a row: it is new, or has changed. A line without: the row in this place is gone.`;
