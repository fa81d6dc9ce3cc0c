import { ask } from '../ask.ts';
import { EXIT, Failure, type Surroundings } from '../context.ts';
import { commandLine } from '../shell.ts';
import type { Authority } from './authority.ts';
import type { Store } from './store.ts';

/** A store that a program of the system keeps. */
export interface Keeper extends Pick<Store, 'name' | 'readers' | 'absence'> {
  /** Command lines that look for the CA, add it and take it away; the first ends with 0 if it is there. */
  look(authority: Authority): readonly string[];
  add(authority: Authority): readonly string[];
  remove(authority: Authority): readonly (readonly string[])[];
}

export const commandStore = ({ look, add, remove, ...rest }: Keeper, context: Surroundings): Store => ({
  ...rest,
  line: (authority) => commandLine(add(authority)),
  async trust(authority) {
    if (await isThere(look(authority), context)) return { words: 'trusted already' };
    await run(add(authority), context);
    return { words: `trusted, as ${authority.nick}` };
  },
  async untrust(authority) {
    if (!(await isThere(look(authority), context))) return { words: 'not trusted, nothing to undo' };
    for (const command of remove(authority)) await run(command, context);
    return { words: 'trusted no more' };
  },
});

const isThere = async ([file = '', ...args]: readonly string[], context: Surroundings): Promise<boolean> => {
  const answer = await ask(file, args, context);
  return typeof answer === 'object' && answer.code === 0;
};

/** Runs a command line of the system. Throws a Failure with its own words. */
export const run = async (command: readonly string[], context: Surroundings): Promise<void> => {
  const [file = '', ...args] = command;
  const answer = await ask(file, args, { ...context, patience: PATIENCE });
  if (typeof answer === 'object' && answer.code === 0) return;
  const words = typeof answer === 'object' ? answer.err.trim() || answer.out.trim() : WORDS[answer];
  throw new Failure(EXIT.failed, `${commandLine(command)}\nfailed: ${words}`);
};

/** Java's part of a system's store is slow to be made. */
const PATIENCE = 120_000;

const WORDS = { absent: 'there is no such program', silent: 'it did not end in time' } as const;
