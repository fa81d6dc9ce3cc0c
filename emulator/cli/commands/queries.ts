import { Option } from 'commander';
import { addAdmin, findAdmin } from '../admin.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** `explain`, `evaluate` and `index …`: queries and conditions looked at from inside. */
export const queries: AddCommand = (program, context) => {
  const print = (answer: string): void => context.out(`${JSON.stringify(JSON.parse(answer), null, 2)}\n`);
  addAdmin(program.command('explain <query>').description('run a query and say how')).action(
    async (query: string, given: Given) => print(await findAdmin(given, context).ask('POST', '/explain', { query })),
  );
  addAdmin(program.command('evaluate <condition>').description('print which twins a condition fits'))
    .addOption(
      new Option('--kind <kind>', 'whose condition')
        .choices(['targetCondition', 'jobCondition'])
        .default('targetCondition'),
    )
    .action(async (text: string, given: Given) => {
      const kind = String(given.kind);
      print(await findAdmin(given, context).ask('POST', '/evaluate', { kind, text }));
    });
  const index = program.command('index').description('show and change when queries see a write');
  addAdmin(index.command('show').description('what queries have not seen yet')).action(async (given: Given) =>
    print(await findAdmin(given, context).ask('GET', '/index')),
  );
  addAdmin(index.command('set <lag>').description('immediate, lag:<duration> such as lag:30s, or manual')).action(
    async (lag: string, given: Given) => print(await findAdmin(given, context).ask('PUT', '/index', { lag })),
  );
  addAdmin(index.command('release').description('let queries see all now')).action(async (given: Given) =>
    print(await findAdmin(given, context).ask('POST', '/index/release')),
  );
};
