import { Command, CommanderError } from 'commander';
import { UsageError } from '../options.ts';
import { version } from '../version.ts';
import { commands } from './commands/index.ts';
import { type Context, EXIT, Failure } from './context.ts';

/** Runs one command line, without the program's own name, and gives its exit code. */
export const run = async (args: readonly string[], context: Context): Promise<number> => {
  const program = new Command('iothub-emulator')
    .description('A local Azure IoT Hub')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .enablePositionalOptions()
    .showSuggestionAfterError();
  let exitCode = 0;
  for (const command of commands) command(program, context, (code) => (exitCode = code));
  for (const command of withChildren(program))
    command.exitOverride().configureOutput({ writeOut: context.out, writeErr: context.err });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, context);
  }
};

/** Runs a command line as this process: its streams, environment and folder. */
export const launch = async (args: readonly string[], extras: Pick<Context, 'warm'> = {}): Promise<void> => {
  process.exitCode = await run(args, {
    folder: process.cwd(),
    environment: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ...extras,
  });
};

const withChildren = (command: Command): Command[] => [command, ...command.commands.flatMap(withChildren)];

const exitCodeOf = (error: unknown, context: Context): number => {
  // commander has said everything itself; help that was asked for is no error
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof UsageError) {
    context.err(`${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof Failure) {
    if (error.message !== '') context.err(`${error.message}\n`);
    return error.exitCode;
  }
  context.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
};
