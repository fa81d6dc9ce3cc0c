import { runningEmulators } from '../../endpoints/running-emulators.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

/** `ps`: the emulators that this user runs on this machine. */
export const ps: AddCommand = (program, context) => {
  program
    .command('ps')
    .description('list the hubs that run on this machine, the latest first')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: true }) => {
      const rows = (await runningEmulators()).map(({ isThis: _, canStop: __, problem: ___, ...row }) => row);
      if (json) context.out(printed(rows));
      else if (rows.length === 0) context.err('No hub of this user runs on this machine.\n');
      else context.out(asTable(rows.map(row)));
    });
};

type Row = Omit<Awaited<ReturnType<typeof runningEmulators>>[number], 'isThis' | 'canStop' | 'problem'>;

const row = ({ pid, name, version, startedAt, adminUrl, ports, data }: Row) => ({
  pid,
  name: name ?? '(does not answer)',
  version,
  started: startedAt,
  page: adminUrl,
  ports: ports && Object.values(ports).join(' '),
  data: data?.folder ?? (data === null ? 'in memory' : undefined),
});
