import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { commands as ALL } from '../../emulator/cli/commands/index.ts';
import { EXIT } from '../../emulator/cli/context.ts';
import { createProgram } from '../../emulator/cli/main.ts';
import { flagOf, OPTION_NAMES, variableOf } from '../../emulator/cli/option-sources.ts';
import { OTHER_VARIABLES, PROGRAM_VARIABLES } from '../../emulator/cli/variables.ts';
import { Options } from '../../emulator/options.ts';

// `npm run docs` runs this file: it writes docs/cli.md.

/** The text of docs/cli.md, from the commands themselves. */
export const commandLineDocument = (): string => {
  const silent = { folder: '/', environment: {}, out: () => {}, err: () => {} };
  const commands = leavesOf(createProgram(ALL, silent, () => {}));
  return `${[
    INTRODUCTION,
    `## Commands\n\n${table(
      ['command', ''],
      commands.map(({ path, command }) => [`\`${path}\``, command.description()]),
    )}`,
    `## Environment variables\n\n${VARIABLES_INTRODUCTION}\n\n${table(['variable', 'flag', 'meaning'], optionRows())}`,
    `Other variables that commands read:\n\n${table(['variable', 'meaning'], rowsOf(OTHER_VARIABLES))}`,
    `Variables that \`env\` prints, and that \`exec\` sets for its program:\n\n${table(['variable', 'meaning'], rowsOf(PROGRAM_VARIABLES))}`,
    `## Exit codes\n\n${table(['code', 'meaning'], EXIT_ROWS)}`,
    JSON_SHAPES,
    ...commands.map(({ path, command }) => section(path, command)),
  ].join('\n\n')}\n`;
};

const INTRODUCTION = `# Command line

Made by \`npm run docs\` from \`emulator/cli/commands\`. Data goes to standard output, messages to standard error.
\`iothub-emulator completion bash\` prints a script with which the shell completes commands and flags.`;

const VARIABLES_INTRODUCTION = `Every option of \`start\` and \`exec\` is a flag, a variable, or a member of
\`iothub-emulator.config.json\`; flags win over variables, these over the file. A variable that begins with
\`IOTHUB_EMULATOR_\` and is not in these tables is warned of.`;

const EXIT_ROWS = [
  ['0', 'success'],
  [String(EXIT.failed), 'the command failed, or `doctor` found a failure'],
  [String(EXIT.usage), 'a flag, variable, file or argument is not valid'],
  [String(EXIT.notFound), 'the hub does not have what was asked for'],
  [String(EXIT.notReachable), 'no hub answers'],
  [
    'other',
    '`exec`: the exit code of the program; 127 if it does not exist, 126 if it cannot be run; 128 + n if signal n has ended it',
  ],
];

const JSON_SHAPES = `## JSON

| command | shape |
|---|---|
| \`start --log-format json\` | one line \`{ event: "ready", https, mqtt, admin, adminUrl, connectionString, ca, devices: [{ id, connectionString }] }\`, at the end \`{ event: "stopped" }\`; log lines on standard error \`{ event: "log", level, time, text, … }\` |
| \`status -o json\` | the answers of \`GET /info\`, \`/clock\`, \`/connections\`, \`/faults\` and \`/snapshots\` ([admin-api.md](admin-api.md)), and \`refusals: [{ time, subject, code, cause, remedy }]\` |
| \`doctor -o json\` | \`{ ok, findings: [{ check, status: "ok" \\| "warn" \\| "fail" \\| "skip", text, fix: line or null }] }\` |
| \`health\` | \`{ status: "healthy" \\| "unhealthy", checks: { rest, mqtt } }\` |
| \`device\`, \`twin\`, \`query -o json\`, \`method invoke\` | what the service API answers |
| \`events\` | one event a line: \`{ type, sequence, time, … }\` |
| \`env -o json\` | names and values of the variables |`;

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

const leavesOf = (command: Command, path = ''): Leaf[] =>
  command.commands.flatMap((one) => {
    const name = path === '' ? one.name() : `${path} ${one.name()}`;
    return one.commands.length === 0 ? [{ path: name, command: one }] : leavesOf(one, name);
  });

const section = (path: string, command: Command): string => {
  const usage = command.registeredArguments.map((one) => {
    const name = one.variadic ? `${one.name()}...` : one.name();
    return one.required ? `<${name}>` : `[${name}]`;
  });
  const flags = command.options.map(({ flags, description, argChoices, defaultValue }) => [
    `\`${flags}\``,
    `${description}${argChoices === undefined ? '' : ` (${argChoices.join(', ')})`}${
      defaultValue === undefined ? '' : `; default ${defaultValue}`
    }`,
  ]);
  return [
    `### ${path}\n\n\`iothub-emulator ${[path, ...usage].join(' ')}\`: ${command.description()}`,
    ...(flags.length === 0 ? [] : [table(['flag', ''], flags)]),
  ].join('\n\n');
};

const optionRows = (): string[][] =>
  OPTION_NAMES.map((name) => [`\`${variableOf(name)}\``, `\`${flagOf(name)}\``, Options.shape[name].description ?? '']);

const rowsOf = (rows: readonly { readonly name: string; readonly meaning: string }[]): string[][] =>
  rows.map(({ name, meaning }) => [`\`${name}\``, meaning]);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const FILE = fileURLToPath(new URL('../../docs/cli.md', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, commandLineDocument());
