import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { SeedForm } from '../../../protocol/admin/fleet.ts';
import { UsageError } from '../../options.ts';
import { SEED_FORMS } from '../../seeds/write.ts';
import { type AdminFlags, addAdminFlags, adminClient } from '../admin-flags.ts';
import type { Context } from '../context.ts';
import { type AddCommand, printed } from './command.ts';

interface AnonymityFlags extends AdminFlags {
  readonly newKeys?: true;
  readonly pseudonyms?: true;
}

interface SeedFlags extends AnonymityFlags {
  readonly replace?: true;
  readonly preview?: true;
}

interface ExportFlags extends AnonymityFlags {
  readonly output: SeedForm | 'fleet';
}

interface ImportFlags extends AdminFlags {
  readonly merge?: true;
}

const FORMS = `
The file: JSON or YAML of our own form, the file of \`az iot hub state export\`, or the devices.txt of an export job.`;

/** `seed`, `export` and `import`: devices, twins and configurations in files. */
export const seed: AddCommand = (program, context) => {
  addAnonymityFlags(
    addAdminFlags(program.command('seed <file>').description('create the devices and configurations of a file'))
      .option('--replace', 'in place of what the hub has')
      .option('--preview', 'only print what would be created, changed and deleted, as JSON')
      .addHelpText('after', FORMS),
  ).action(async (file: string, { replace, preview, ...flags }: SeedFlags) => {
    const query = { ...anonymity(flags), mode: replace ? 'replace' : 'merge' } as const;
    const body = read(file, context);
    if (preview) {
      context.out(printed(await adminClient(flags, context).call('POST /dry-run/seed', { query, body })));
      return;
    }
    const { devices, modules, configurations } = await adminClient(flags, context).call('POST /seed', { query, body });
    context.err(`${devices} devices, ${modules} modules, ${configurations} configurations\n`);
  });
  addAnonymityFlags(
    addAdminFlags(program.command('export').description('print devices and configurations')).addOption(
      new Option('-o, --output <form>', 'how to print').choices([...SEED_FORMS, 'fleet']).default('json'),
    ),
  ).action(async ({ output, ...flags }: ExportFlags) => {
    const admin = adminClient(flags, context);
    context.out(
      output === 'fleet'
        ? await admin.text('GET /export')
        : await admin.text('GET /seed', { query: { ...anonymity(flags), form: output } }),
    );
  });
  addAdminFlags(program.command('import <file>').description('create twins exactly as `export -o fleet` prints them'))
    .option('--merge', 'in addition to what the hub has')
    .action(async (file: string, { merge, ...flags }: ImportFlags) => {
      const call = { query: { mode: merge ? 'merge' : 'replace' }, body: read(file, context) } as const;
      const { devices, modules, jobs } = await adminClient(flags, context).call('POST /import', call);
      context.err(`${devices} devices, ${modules} modules, ${jobs} rows of jobs\n`);
    });
};

const addAnonymityFlags = (command: Command): Command =>
  command
    .option('--new-keys', 'without the keys: the hub generates others')
    .option('--pseudonyms', 'with ids such as device-1 and module-1');

const anonymity = ({ newKeys, pseudonyms }: AnonymityFlags) =>
  ({ keys: newKeys ? 'new' : 'kept', ids: pseudonyms ? 'pseudonyms' : 'kept' }) as const;

const read = (file: string, { folder }: Context): string => {
  try {
    return readFileSync(file === '-' ? 0 : resolve(folder, file), 'utf8');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};
