import type { MissedEvents } from '../../../protocol/admin/events.ts';
import type { TrafficEntry } from '../../../protocol/traffic.ts';
import { printable } from '../../log.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import type { AddCommand } from './command.ts';

interface TrafficFlags extends AdminFlags {
  readonly follow?: true;
  readonly limit: string;
  readonly json?: true;
}

const DATA = 'data: ';

/** `traffic`: what clients ask and what the hub answers, one line each. */
export const traffic: AddCommand = (program, context) => {
  const command = program.command('traffic [search...]');
  addAdminFlags(
    command.description(
      'print what clients ask and what the hub answers; search: status:4xx device:d* proto:mqtt errors',
    ),
  )
    .option('-f, --follow', 'print what happens from now on')
    .option('--limit <number>', 'at most so many, the latest ones', '50')
    .option('--json', 'print one JSON object a line')
    .action(async (words: readonly string[], { follow, limit, json, ...flags }: TrafficFlags) => {
      const admin = adminClient(flags, context);
      const search = words.join(' ');
      const print = (entry: TrafficEntry): void => context.out(json ? `${JSON.stringify(entry)}\n` : lineOf(entry));
      if (!follow) {
        for (const entry of await admin.call('GET /traffic', { query: { search, limit } })) print(entry);
        return;
      }
      const received = (line: string): void => {
        if (!line.startsWith(DATA)) return;
        const data: TrafficEntry | MissedEvents = JSON.parse(line.slice(DATA.length));
        if ('id' in data) print(data);
        else context.err(`${data.count} more came too fast\n`);
      };
      await admin.follow('GET /traffic', received, { query: { search, format: 'stream' } });
    });
};

/** `12:03:32.130  d1  MQTT  PATCH reported  400  cause → remedy`. */
const lineOf = ({ at, who, protocol, asked, answered, why, remedy }: TrafficEntry): string => {
  const reason = [why, remedy].filter((text) => text !== undefined).join(' → ');
  const cells = [at.slice(11, 23), who, protocol, asked, answered, reason];
  return `${cells
    .filter((text) => text !== '')
    .map(printable)
    .join('  ')}\n`;
};
