import type { UsageState } from '../../../protocol/admin/usage.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

interface UsageFlags extends AdminFlags {
  readonly json?: true;
  readonly clear?: true;
}

/** `usage`: what clients have used, and which tier that needs. */
export const usage: AddCommand = (program, context) => {
  addAdminFlags(
    program
      .command('usage')
      .description('show what clients have used, as the service meters it, and which tier that needs'),
  )
    .option('--json', 'print JSON')
    .option('--clear', 'count from zero again afterwards')
    .action(async ({ json, clear, ...flags }: UsageFlags) => {
      const admin = adminClient(flags, context);
      const state = await admin.call('GET /usage');
      context.out(json ? printed(state) : usageText(state));
      if (clear) await admin.call('DELETE /usage');
    });
};

/** For people. */
export const usageText = ({ tier, throttles, messages, today, summary }: UsageState): string => {
  if (throttles.length === 0) return 'Nothing was used.\n';
  const rows = throttles.map(({ title, operations, refused, messages: charged, peakText, allowed }) => ({
    what: title,
    operations,
    messages: charged.large,
    peak: peakText,
    ...(tier === null ? {} : { allowed, refused }),
  }));
  return (
    `${asTable(rows)}\nMessages of 4 KB: ${messages.large}, today ${today.large}; ` +
    `of 0.5 KB, as F1 counts: ${messages.small}, today ${today.small}.\n${summary}\n`
  );
};
