import { EXIT, Failure, type ProcessContext } from '../context.ts';
import { runProgram } from '../run-program.ts';
import { commandLine } from '../shell-quoting.ts';
import type { Authority } from './authority.ts';
import type { Store } from './store.ts';

/** A store that a program of the system manages. */
export interface StoreCommands extends Pick<Store, 'name' | 'readers' | 'absence'> {
  /** Command lines that find the CA (exit code 0 if it is in the store), add it and remove it. */
  find(authority: Authority): readonly string[];
  add(authority: Authority): readonly string[];
  remove(authority: Authority): readonly (readonly string[])[];
}

export const commandStore = ({ find, add, remove, ...rest }: StoreCommands, context: ProcessContext): Store => ({
  ...rest,
  line: (authority) => commandLine(add(authority)),
  async trust(authority) {
    if (await isThere(find(authority), context)) return { text: 'trusted already' };
    await run(add(authority), context);
    return { text: `trusted, as ${authority.nick}` };
  },
  async untrust(authority) {
    if (!(await isThere(find(authority), context))) return { text: 'not trusted, nothing to undo' };
    for (const command of remove(authority)) await run(command, context);
    return { text: 'no longer trusted' };
  },
});

const isThere = async ([file = '', ...args]: readonly string[], context: ProcessContext): Promise<boolean> => {
  const answer = await runProgram(file, args, context);
  return typeof answer === 'object' && answer.code === 0;
};

/** Runs a command line of the system. Throws a Failure with its message. */
export const run = async (command: readonly string[], context: ProcessContext): Promise<void> => {
  const [file = '', ...args] = command;
  const answer = await runProgram(file, args, { ...context, timeoutMs: TIMEOUT_MS });
  if (typeof answer === 'object' && answer.code === 0) return;
  const message = typeof answer === 'object' ? answer.err.trim() || answer.out.trim() : MESSAGES[answer];
  throw new Failure(EXIT.failed, `${commandLine(command)}\nfailed: ${message}`);
};

/** The part of a system's store that is for Java takes long to build. */
const TIMEOUT_MS = 120_000;

const MESSAGES = { absent: 'this program is not installed', silent: 'it did not end in time' } as const;
