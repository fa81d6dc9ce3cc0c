import { Command, CommanderError } from 'commander';
import { codeOf } from '../files.ts';
import { UsageError } from '../options.ts';
import { version } from '../version.ts';
import type { AddCommand } from './commands/command.ts';
import { start } from './commands/start.ts';
import { type Context, EXIT, Failure } from './context.ts';

/** Runs one command line, without the program's own name, and returns its exit code. */
export const run = async (args: readonly string[], context: Context): Promise<number> => {
  let exitCode = 0;
  const program = createProgram(await commandsFor(args), context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, context);
  }
};

/** A start loads no other command, and is a third faster. */
const commandsFor = async ([name]: readonly string[]): Promise<readonly AddCommand[]> =>
  name === 'start' ? [start] : (await import('./commands/index.ts')).commands;

/** `leave` sets the exit code of a command that does not fail. */
export const createProgram = (
  commands: readonly AddCommand[],
  context: Context,
  leave: (exitCode: number) => void,
): Command => {
  const program = new Command('iothub-emulator')
    .description('A local Azure IoT Hub')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .enablePositionalOptions()
    .showSuggestionAfterError();
  for (const addCommand of commands) addCommand(program, context, leave);
  for (const command of withSubcommands(program))
    command.exitOverride().configureOutput({ writeOut: context.out, writeErr: context.err });
  return program;
};

const EXIT_MS = 500;

/** Runs a command line as this process: with its streams, environment and folder. */
export const launch = async (args: readonly string[], extras: Pick<Context, 'warm'> = {}): Promise<void> => {
  process.stdout.on('error', endQuietly);
  process.exitCode = await run(args, {
    folder: process.cwd(),
    environment: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    // it fires only if something keeps the process alive
    exitSoon: () => void setTimeout(() => process.exit(), EXIT_MS).unref(),
    ...extras,
  });
};

/** The reader of a pipe, such as `head`, has seen enough. */
const endQuietly = (error: Error): void => {
  if (codeOf(error) !== 'EPIPE') throw error;
  process.exit();
};

const withSubcommands = (command: Command): Command[] => [command, ...command.commands.flatMap(withSubcommands)];

const exitCodeOf = (error: unknown, context: Context): number => {
  // commander has printed its message already; a request for help is not an error
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
