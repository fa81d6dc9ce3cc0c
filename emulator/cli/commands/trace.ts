import { type AdminFlags, addEmulatorFlags, adminClient } from '../admin-flags.ts';
import { writeNamed } from '../write-named.ts';
import { type AddCommand, printed } from './command.ts';

interface StartFlags extends AdminFlags {
  readonly maxBytes?: number;
}

const EXAMPLES = `
iothub-emulator trace start
iothub-emulator trace save run.trace       # any time, also before the end
iothub-emulator replay run.trace`;

/** `trace …`: records a hub that runs. */
export const trace: AddCommand = (program, context) => {
  const group = program
    .command('trace')
    .description('record all that a running hub gets, for `replay`')
    .addHelpText('after', EXAMPLES);
  addEmulatorFlags(
    group.command('start').description('record from now on, in memory; begins with the state of the hub'),
  )
    .option('--max-bytes <number>', 'end when the lines have this many bytes, before compression', Number)
    .action(async ({ maxBytes, ...flags }: StartFlags) => {
      const body = maxBytes === undefined ? {} : { maxBytes };
      context.out(printed(await adminClient(flags, context).call('POST /trace', { body })));
    });
  addEmulatorFlags(group.command('stop').description('end the recording')).action(async (flags: AdminFlags) =>
    context.out(printed(await adminClient(flags, context).call('POST /trace/stop'))),
  );
  addEmulatorFlags(group.command('show').description('print whether the hub is recorded, and how far')).action(
    async (flags: AdminFlags) => context.out(printed(await adminClient(flags, context).call('GET /trace'))),
  );
  addEmulatorFlags(group.command('save <file>').description('write the trace that there is so far')).action(
    async (file: string, flags: AdminFlags) => {
      writeNamed(file, await adminClient(flags, context).bytes('GET /trace/file'), context);
    },
  );
};
