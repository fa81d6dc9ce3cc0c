import { Option } from 'commander';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { pointing } from '../caret.ts';
import { type AddCommand, printed } from './command.ts';

interface EvaluateFlags extends AdminFlags {
  readonly kind: 'targetCondition' | 'jobCondition';
}

/** `explain`, `evaluate` and `index …`: how queries and conditions are answered. */
export const queries: AddCommand = (program, context) => {
  const print = (value: unknown): void => context.out(printed(value));
  addAdminFlags(program.command('explain <query>').description('run a query and print how')).action(
    async (query: string, flags: AdminFlags) =>
      print(await pointing(query, () => adminClient(flags, context).call('POST /explain', { body: { query } }))),
  );
  addAdminFlags(program.command('evaluate <condition>').description('print what a condition selects'))
    .addOption(
      new Option('--kind <kind>', 'of a configuration or of a job')
        .choices(['targetCondition', 'jobCondition'])
        .default('targetCondition'),
    )
    .action(async (text: string, { kind, ...flags }: EvaluateFlags) =>
      print(await pointing(text, () => adminClient(flags, context).call('POST /evaluate', { body: { kind, text } }))),
    );
  const index = program.command('index').description('show and change when queries see a write');
  addAdminFlags(index.command('show').description('print how many writes queries do not see yet')).action(
    async (flags: AdminFlags) => print(await adminClient(flags, context).call('GET /index')),
  );
  addAdminFlags(index.command('set <lag>').description('immediate, lag:<duration> such as lag:30s, or manual')).action(
    async (lag: string, flags: AdminFlags) =>
      print(await adminClient(flags, context).call('PUT /index', { body: { lag } })),
  );
  addAdminFlags(index.command('release').description('let queries see every write now')).action(
    async (flags: AdminFlags) => print(await adminClient(flags, context).call('POST /index/release')),
  );
};
