import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type ConfigFile,
  flagOf,
  fromText,
  type OptionName,
  Options,
  resolveOptions,
  type Source,
  UsageError,
} from '../options.ts';
import type { Context } from './context.ts';

export const CONFIG_FILE = 'iothub-emulator.config.json';

/** What stands behind each flag in the help; in the order of the help. */
const PLACEHOLDERS: Readonly<Record<OptionName, string>> = {
  host: '<address>',
  httpsPort: '<port>',
  mqttPort: '<port>',
  adminPort: '<port>',
  adminHost: '<address>',
  adminToken: '<token>',
  hostname: '<name>',
  caDir: '<folder>',
  san: '<name...>',
  cert: '<file>',
  key: '<file>',
  deviceCa: '<file>',
  deviceCrl: '<file>',
  auth: '<mode>',
  policyKeys: '<name=key...>',
  devices: '<id...>',
  seed: '<file>',
  index: '<when>',
  rollout: '<when>',
  clock: '<which>',
  sdkFaults: '<mode>',
  faults: '<json...>',
  randomSeed: '<number>',
  logFormat: '<format>',
};

const NAMES = Object.keys(PLACEHOLDERS) as OptionName[]; // Object.keys knows no key types

/** Gives `command` a flag for every option, or for those asked for, and one for the configuration file. */
export const addFlags = (command: Command, names: readonly OptionName[] = NAMES): Command => {
  for (const name of names) {
    const option = new Option(`${flagOf(name)} ${PLACEHOLDERS[name]}`, describe(name));
    command.addOption(option);
  }
  return command.option('--config <file>', `configuration file (${CONFIG_FILE} in this folder, if there is one)`);
};

/** The options of a command line with what environment and configuration file add. Throws UsageError. */
export const readOptions = (given: Readonly<Record<string, unknown>>, context: Context): Options =>
  resolveOptions({
    flags: flagsOf(given),
    environment: context.environment,
    file: readConfig(given.config, context.folder),
    folder: context.folder,
  });

/** commander names its values by the flag: `--device` is `device`. */
const flagsOf = (given: Readonly<Record<string, unknown>>): Source => {
  const found: Record<string, unknown> = {};
  for (const name of NAMES) {
    const value = given[attributeOf(name)];
    if (Array.isArray(value)) found[name] = fromList(name, value);
    else if (typeof value === 'string') found[name] = fromText[name](value);
  }
  return found;
};

const fromList = (name: OptionName, values: readonly string[]): unknown => {
  if (name === 'policyKeys') return fromText[name](values.join(','));
  return name === 'faults' ? values.flatMap((text) => fromText[name](text)) : values;
};

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

const readConfig = (asked: unknown, folder: string): ConfigFile | undefined => {
  const path = typeof asked === 'string' ? asked : CONFIG_FILE;
  const file = resolve(folder, path);
  if (asked === undefined && !existsSync(file)) return undefined;
  try {
    const values: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw new Error('it holds no object');
    return { path, values: { ...values } };
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};
