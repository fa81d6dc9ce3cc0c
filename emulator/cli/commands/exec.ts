import { Option } from 'commander';
import { RANDOM_PORTS } from '../../addresses.ts';
import { addFlags, readOptions } from '../flags.ts';
import type { AddCommand } from './index.ts';

/** `exec -- CMD`: a hub that lives as long as one program. */
export const exec: AddCommand = (program, context, leave) => {
  addFlags(
    program
      .command('exec')
      .description('start a hub, run a program against it, stop; leaves with the exit code of the program')
      .argument('<command...>', 'the program and its arguments, after --')
      .passThroughOptions()
      .addOption(
        new Option(
          '--ports <which>',
          'default: those that SDKs have built in; random: free ones, to which Node programs are led',
        )
          .choices(['default', 'random'])
          .default('default'),
      ),
  ).action(async (command: string[], given: Readonly<Record<string, unknown>>) => {
    const flags = given.ports === 'random' ? { ...RANDOM_FLAGS, ...given } : given;
    const options = readOptions(flags, context);
    const { startUp } = await import('../startup.ts');
    const { runProgram } = await import('../child.ts');
    const emulator = await startUp(options, context);
    context.warm?.();
    try {
      leave(await runProgram(command, { ...context.environment, ...emulator.env() }, context));
    } finally {
      await emulator.close();
    }
  });
};

const RANDOM_FLAGS = {
  httpsPort: String(RANDOM_PORTS.https),
  mqttPort: String(RANDOM_PORTS.mqtt),
  adminPort: String(RANDOM_PORTS.admin),
};
