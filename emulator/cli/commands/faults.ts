import { type Command, Option } from 'commander';
import { FAULT_OPERATIONS, FaultEffect, FaultRule } from '../../../protocol/fault.ts';
import { UsageError } from '../../options.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import { type AddCommand, printed } from './command.ts';

/** Texts are values that are not valid numbers: the rule is checked as a whole. */
type Numeric = number | string;

interface RuleFlags extends AdminFlags {
  readonly effect: string;
  readonly code?: string;
  readonly message?: string;
  readonly status?: Numeric;
  readonly ms?: Numeric;
  readonly when?: string;
  readonly device?: string;
  readonly module?: string;
  readonly operation?: string;
  readonly protocol?: string;
  readonly path?: string;
  readonly methodName?: string;
  readonly nth?: Numeric;
  readonly times?: Numeric;
  readonly probability?: Numeric;
  readonly afterMs?: Numeric;
  readonly durationMs?: Numeric;
}

/** `faults …`: which operations fail, and how. */
export const faults: AddCommand = (program, context) => {
  const group = program.command('faults').description('make operations fail');
  addRuleFlags(
    addAdminFlags(group.command('add').description('make the operations fail that match; prints the id of the rule')),
  ).action(async (flags: RuleFlags) => {
    const { ids } = await adminClient(flags, context).call('POST /faults', { body: ruleOf(flags) });
    context.out(`${ids.join('\n')}\n`);
  });
  addAdminFlags(group.command('list').description('list the rules and how often operations failed')).action(
    async (flags: AdminFlags) => context.out(printed(await adminClient(flags, context).call('GET /faults'))),
  );
  addAdminFlags(group.command('clear [id]').description('remove a rule, or all rules')).action(
    async (id: string | undefined, flags: AdminFlags) => {
      const admin = adminClient(flags, context);
      if (id === undefined) await admin.call('DELETE /faults');
      else await admin.call('DELETE /faults/:id', { params: { id } });
    },
  );
};

const EFFECTS = FaultEffect.unwrap().options.map(({ shape }) => shape.type.value);

const number = (text: string): Numeric => (Number.isFinite(Number(text)) ? Number(text) : text);

const addRuleFlags = (command: Command): Command =>
  command
    .addOption(new Option('--effect <effect>', 'what happens').choices(EFFECTS).makeOptionMandatory())
    .option('--code <code>', "of an error: the hub's name, such as ServiceUnavailable")
    .option('--message <text>', 'of an error: its message')
    .option('--status <number>', 'of an error: a status other than that of the code', number)
    .option('--ms <number>', 'of a delay: how long, in ms', number)
    .option('--when <when>', 'of a disconnect: before or after the acknowledgement')
    .option('--device <id>', 'only this device; * stands for any text')
    .option('--module <id>', 'only this module; * stands for any text')
    .addOption(new Option('--operation <operation>', 'only this operation').choices(FAULT_OPERATIONS))
    .option('--protocol <protocol>', 'only mqtt, mqtt-ws, amqp, amqp-ws or rest')
    .option('--path <path>', 'only this path of a REST request, such as /twins/*, or this address of an AMQP link')
    .option('--method-name <name>', 'only this direct method')
    .option('--nth <number>', 'from the n-th match on', number)
    .option('--times <number>', 'how often', number)
    .option('--probability <number>', '0 to 1', number)
    .option('--after-ms <number>', "not before this many ms on the hub's clock", number)
    .option('--duration-ms <number>', "for this many ms on the hub's clock", number);

/** Throws UsageError. */
const ruleOf = ({ effect, code, message, status, ms, when, afterMs, durationMs, ...flags }: RuleFlags): FaultRule => {
  const { adminUrl: _, adminToken: __, hub: ___, ...match } = flags;
  const window = afterMs === undefined && durationMs === undefined ? {} : { window: { afterMs, durationMs } };
  const given = { effect: { type: effect, code, message, status, ms, when }, match, ...window };
  const rule = FaultRule.safeParse(JSON.parse(JSON.stringify(given))); // without the flags that were not given
  if (rule.success) return rule.data;
  throw new UsageError(rule.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
};
