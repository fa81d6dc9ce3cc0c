import { type Command, Option } from 'commander';
import { FAULT_OPERATIONS } from '../../../protocol/fault.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import { addAdmin, findAdmin } from '../admin.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** What stands for `--effect`. */
const EFFECTS = [
  'error',
  'delay',
  'drop',
  'duplicate',
  'reorder',
  'disconnect',
  'throttle',
  'blackHole',
  'refuseCertificate',
] as const;

/** `faults …`: what shall go wrong, and when. */
export const faults: AddCommand = (program, context) => {
  const group = program.command('faults').description('make operations fail');
  addMatch(
    addAdmin(group.command('add').description('make operations that match fail from now on; prints the id')),
  ).action(async (given: Given) => {
    const answer = await findAdmin(given, context).ask('POST', '/faults', ruleOf(given));
    context.out(`${JSON.parse(answer).ids.join('\n')}\n`);
  });
  addAdmin(group.command('list').description('list faults and how often they struck')).action(async (given: Given) => {
    context.out(`${JSON.stringify(JSON.parse(await findAdmin(given, context).ask('GET', '/faults')), null, 2)}\n`);
  });
  addAdmin(group.command('clear [id]').description('let nothing fail any more, or not for that reason')).action(
    async (id: string | undefined, given: Given) => {
      await findAdmin(given, context).ask('DELETE', id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`);
    },
  );
};

const number = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);

/** commander keeps each value under the name of its flag. */
const addMatch = (command: Command): Command =>
  command
    .addOption(new Option('--effect <effect>', 'what happens').choices(EFFECTS).makeOptionMandatory())
    .option('--code <code>', "of an error, the hub's name such as ServiceUnavailable")
    .option('--message <text>', 'of an error')
    .option('--status <number>', "of an error, another than the code's", number)
    .option('--ms <number>', 'of a delay', number)
    .option('--when <when>', 'before or after the acknowledgement, of a disconnect')
    .option('--device <id>', '* stands for any text')
    .option('--module <id>', '* stands for any text')
    .addOption(new Option('--operation <operation>', 'all of them, if not given').choices(FAULT_OPERATIONS))
    .option('--protocol <protocol>', 'mqtt, mqtt-ws or rest')
    .option('--path <path>', 'of a REST request, such as /twins/*')
    .option('--method-name <name>', 'of a direct method')
    .option('--nth <number>', 'from the n-th match on', number)
    .option('--times <number>', 'this often', number)
    .option('--probability <number>', '0 to 1', number)
    .option('--after-ms <number>', "not earlier, on the hub's clock", number)
    .option('--duration-ms <number>', "not longer, on the hub's clock", number);

const ruleOf = (given: Given): JsonObject => {
  const { effect, code, message, status, ms, when, afterMs, durationMs } = given;
  const match = ['device', 'module', 'operation', 'protocol', 'path', 'methodName', 'nth', 'times', 'probability'];
  return {
    effect: present({ type: effect, code, message, status, ms, when }),
    match: present(Object.fromEntries(match.map((name) => [name, given[name]]))),
    ...(afterMs === undefined && durationMs === undefined ? {} : { window: present({ afterMs, durationMs }) }),
  };
};

/** commander's values are texts, numbers or not there. */
const present = (members: Given): JsonObject =>
  Object.fromEntries(
    Object.entries(members).flatMap(([name, value]): [string, Json][] =>
      typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [],
    ),
  );
