import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type OptionName, Options, UsageError } from '../options.ts';
import type { Context } from './context.ts';
import { jsonProblem } from './json-problem.ts';
import {
  type ConfigFile,
  flagOf,
  OPTION_NAMES,
  readText,
  resolveOptions,
  type Source,
  TEXT_FORMS,
} from './option-sources.ts';
import { unknownVariables } from './variables.ts';

export const CONFIG_FILE = 'iothub-emulator.config.json';

/** What commander makes of the flags of `addOptionFlags`: a text, texts or true, for each flag that was given. */
export interface OptionFlags {
  readonly config?: string;
  readonly [attribute: string]: unknown;
}

/** Gives `command` a flag for every option, or for some of them, and one for the configuration file. */
export const addOptionFlags = (command: Command, names: readonly OptionName[] = OPTION_NAMES): Command => {
  for (const name of names)
    command.addOption(new Option(`${flagOf(name)} ${TEXT_FORMS[name].placeholder}`.trimEnd(), describe(name)));
  if (names.includes('page')) command.option('--no-page', 'short for --page off');
  return command.option('--config <file>', `configuration file (${CONFIG_FILE} in this folder, if it exists)`);
};

/** The options of a command line, environment and configuration file. Throws UsageError. */
export const readOptions = (flags: OptionFlags, context: Context): Options => {
  for (const warning of unknownVariables(context.environment)) context.err(`${warning}\n`);
  return resolveOptions({
    flags: valuesOf(flags),
    environment: context.environment,
    file: readConfig(flags.config, context.folder),
    folder: context.folder,
  });
};

const valuesOf = (flags: OptionFlags): Source => {
  const found: Record<string, unknown> = {};
  for (const name of OPTION_NAMES) {
    const value = flags[attributeOf(name)];
    if (Array.isArray(value)) found[name] = fromList(name, value);
    else if (value === true) found[name] = value;
    else if (typeof value === 'string') found[name] = readText(name, value, flagOf(name));
    else if (value === false) found[name] = 'off'; // a flag that begins with --no-
  }
  return found;
};

const fromList = (name: OptionName, values: readonly string[]): unknown => {
  if (name === 'policyKeys') return TEXT_FORMS[name].read(values.join(','));
  return values.flatMap((text) => readText(name, text, flagOf(name)));
};

/** commander names values by their flags: `--ca-dir` is `caDir`. */
const attributeOf = (name: OptionName): string =>
  flagOf(name)
    .slice(2)
    .replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const describe = (name: OptionName): string => {
  const schema = Options.shape[name];
  const value = schema.safeParse(undefined).data;
  const isPlain = typeof value === 'string' || typeof value === 'number';
  return `${schema.description ?? ''}${isPlain ? ` (default ${value})` : ''}`;
};

const readConfig = (asked: string | undefined, folder: string): ConfigFile | undefined => {
  const path = asked ?? CONFIG_FILE;
  const file = resolve(folder, path);
  if (asked === undefined && !existsSync(file)) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    const problem = jsonProblem(text);
    if (problem !== undefined) throw new Error(problem);
    const values: unknown = JSON.parse(text);
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw new Error('it is not an object');
    return { path, values: { ...values } };
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};
