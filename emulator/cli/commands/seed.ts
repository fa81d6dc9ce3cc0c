import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../../options.ts';
import { addAdmin, findAdmin } from '../admin.ts';
import type { Context } from '../context.ts';
import type { AddCommand } from './index.ts';

type Given = Readonly<Record<string, unknown>>;

/** `seed`, `export` and `import`: a fleet in and out. */
export const seed: AddCommand = (program, context) => {
  addDisguise(
    addAdmin(program.command('seed <file>').description('create the devices and configurations of a file'))
      .option('--replace', 'instead of what is there')
      .addHelpText(
        'after',
        '\nThe file: JSON or YAML of our own form, the file of `az iot hub state export`, or the devices.txt of an export job.',
      ),
  ).action(async (file: string, given: Given) => {
    const query = [...disguise(given), ...(given.replace === true ? ['mode=replace'] : [])].join('&');
    const answer = await findAdmin(given, context).ask('POST', `/seed?${query}`, read(file, context));
    const { devices, modules, configurations } = JSON.parse(answer);
    context.err(`${devices} devices, ${modules} modules, ${configurations} configurations\n`);
  });
  addDisguise(
    addAdmin(program.command('export').description('print devices and configurations')).addOption(
      new Option('-o, --output <form>', 'how to print')
        .choices(['json', 'yaml', 'state', 'devices.txt', 'fleet'])
        .default('json'),
    ),
  ).action(async (given: Given) => {
    const form = String(given.output);
    const path = form === 'fleet' ? '/export' : `/seed?${[`form=${form}`, ...disguise(given)].join('&')}`;
    context.out(await findAdmin(given, context).ask('GET', path));
  });
  addAdmin(program.command('import <file>').description('take twins as they stand, as `export -o fleet` prints them'))
    .option('--merge', 'on top of what is there')
    .action(async (file: string, given: Given) => {
      const mode = given.merge === true ? 'merge' : 'replace';
      const answer = await findAdmin(given, context).ask('POST', `/import?mode=${mode}`, read(file, context));
      const { devices, modules, jobs } = JSON.parse(answer);
      context.err(`${devices} devices, ${modules} modules, ${jobs} rows of jobs\n`);
    });
};

const addDisguise = (command: Command): Command =>
  command
    .option('--new-keys', 'without the keys: the hub makes others')
    .option('--pseudonyms', 'ids become device-1, module-1, …');

const disguise = ({ newKeys, pseudonyms }: Given): string[] => [
  ...(newKeys === true ? ['keys=new'] : []),
  ...(pseudonyms === true ? ['ids=pseudonyms'] : []),
];

const read = (file: string, { folder }: Context): string => {
  try {
    return readFileSync(file === '-' ? 0 : resolve(folder, file), 'utf8');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
