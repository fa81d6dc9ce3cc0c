import type { Comparison } from '../../../protocol/admin/compare.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

interface CompareFlags extends AdminFlags {
  readonly limit: string;
  readonly devices?: true;
  readonly json?: true;
}

/** `compare`: two states of the fleet, or two twins. */
export const compare: AddCommand = (program, context) => {
  const command = program.command('compare <left> [right]');
  addAdminFlags(command.description('show what differs between two of: now, seed, snapshot:NAME, hub:NAME'))
    .option('--devices', 'compare the twins of these two devices, or modules as device/module')
    .option('--limit <number>', 'at most so many devices and modules', '20')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (left: string, right = 'now', { devices, limit, json, ...flags }: CompareFlags) => {
      const admin = adminClient(flags, context);
      if (devices) {
        const changes = await admin.call('GET /compare/twins', { query: { left, right } });
        context.out(json ? printed(changes) : changes.length === 0 ? SAME : asTable(changes));
        return;
      }
      const comparison = await admin.call('GET /compare', { query: { left, right, limit } });
      context.out(json ? printed(comparison) : comparisonText(comparison));
    });
};

const SAME = 'They are the same.\n';

/** For people: a row for each change. */
const comparisonText = ({ counts, created, deleted, changed }: Comparison): string => {
  if (counts.created + counts.deleted + counts.changed === 0) return SAME;
  const rows = [
    ...created.map((id) => ({ id, path: 'created' })),
    ...deleted.map((id) => ({ id, path: 'deleted' })),
    ...changed.flatMap(({ id, changes }) => changes.map((change) => ({ id, ...change }))),
  ];
  return `${counts.created} created, ${counts.deleted} deleted, ${counts.changed} changed\n\n${asTable(rows)}`;
};

const EXAMPLE = `
iothub-emulator compare snapshot:before
iothub-emulator compare --devices oven kiln`;
