import type { ConfigurationOutcome, JobOutcome } from '../../../protocol/admin/dry-run.ts';
import { isObject, type JsonObject } from '../../../protocol/json.ts';
import { UsageError } from '../../options.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import type { Context } from '../context.ts';
import { JSON_HELP, readJson } from '../json-argument.ts';
import { asTable } from '../table.ts';
import { type AddCommand, printed } from './command.ts';

interface DryRunFlags extends AdminFlags {
  readonly limit: string;
  readonly json?: true;
}

/** `dry-run …`: what a configuration or a job would change; nothing is written. */
export const dryRun: AddCommand = (program, context) => {
  const group = program.command('dry-run').description('show what a configuration or a job would change');
  const add = (name: string, description: string) =>
    addAdminFlags(group.command(name).description(`${description}; its body as ${JSON_HELP}`))
      .option('--limit <number>', 'at most so many devices and modules', '20')
      .option('--json', 'print JSON');
  const print = (outcome: ConfigurationOutcome | JobOutcome, json: true | undefined): void =>
    context.out(json ? printed(outcome) : outcomeText(outcome));
  add('configuration <id> <configuration>', 'show which twins a configuration would change, and how').action(
    async (id: string, text: string, { limit, json, ...flags }: DryRunFlags) => {
      const body = { configuration: { ...readObject(text, context), id }, limit: Number(limit) };
      print(await adminClient(flags, context).call('POST /dry-run/configuration', { body }), json);
    },
  );
  add('job <job>', 'show which twins a job would change, and how, or which devices would get a method').action(
    async (text: string, { limit, json, ...flags }: DryRunFlags) => {
      const { jobId, ...job } = readObject(text, context);
      const body = { job: { ...job, ...(typeof jobId === 'string' ? { jobId } : {}) }, limit: Number(limit) };
      print(await adminClient(flags, context).call('POST /dry-run/job', { body }), json);
    },
  );
};

const readObject = (text: string, context: Context): JsonObject => {
  const value = readJson(text, context);
  if (!isObject(value)) throw new UsageError(`${text} is not a JSON object`);
  return value;
};

/** For people: a row for each change. */
const outcomeText = (outcome: ConfigurationOutcome | JobOutcome): string => {
  const { matched, changed, failed, twins } = outcome;
  const listening = 'listening' in outcome ? `, ${outcome.listening} listen to methods now` : '';
  const summary = `Selects ${matched}, would change ${changed}, ${failed} would refuse${listening}. Nothing was written.\n`;
  const overruled = 'overruledBy' in outcome ? outcome.overruledBy : [];
  return [
    summary,
    ...overruled.map(({ id, twins: count }) => `${id} overrules it on ${count}.\n`),
    ...(twins.length === 0 ? [] : [`\n${asTable(twins.flatMap(rowsOf))}`]),
  ].join('');
};

const rowsOf = ({ changes, creates, error, ...name }: ConfigurationOutcome['twins'][number]) => [
  ...changes.map((change) => ({ ...name, ...change })),
  ...(creates === undefined ? [] : [{ ...name, path: 'new modules', after: creates.join(', ') }]),
  ...(error === undefined ? [] : [{ ...name, path: 'refused', after: error.text }]),
];
