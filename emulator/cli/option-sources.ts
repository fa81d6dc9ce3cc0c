import { dirname, resolve } from 'node:path';
import { PORTS, type PortOption } from '../endpoints/protocols.ts';
import { type OptionName, type Options, parseOptions, UsageError } from '../options.ts';
import { jsonProblem } from './json-problem.ts';

/** Values by option name, as one source gave them. */
export type Source = Readonly<Record<string, unknown>>;

/** A configuration file that was read: relative paths in it start from its folder. */
export interface ConfigFile {
  readonly path: string;
  readonly values: Source;
}

/** How an option is written on a command line or in an environment variable. */
export interface TextForm {
  /** What follows the flag in the help; empty for a flag that is true when it is given. */
  readonly placeholder: string;
  /** Reads the value from a text. Texts that are not valid are returned unchanged and refused later, except JSON. */
  read(text: string): unknown;
  /** The flag, if it is not the name in kebab case: lists have the singular, since each value is given on its own. */
  readonly flag?: string;
  /** True if the value is the path of a file or folder. */
  readonly isPath?: boolean;
}

const same = (text: string): string => text;

const number = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);

const truth = (text: string): boolean | string => (text === 'true' || text === 'false' ? text === 'true' : text);

/** Throws UsageError. */
const jsonValue = (text: string): unknown => {
  const problem = jsonProblem(text);
  if (problem !== undefined) throw new UsageError(`${text} is not valid JSON: ${problem}`);
  return JSON.parse(text);
};

/** One JSON value or a list of them. */
const json = (text: string): unknown[] => [jsonValue(text)].flat();

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** `name=key`, comma-separated; keys may have `=` in them. */
const pairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    list(text).map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );

const portForms = Object.fromEntries(PORTS.map(({ option }) => [option, { placeholder: '<port>', read: number }])) as {
  [Option in PortOption]: TextForm; // one for each row
};
const FILE: TextForm = { placeholder: '<file>', read: same, isPath: true };

/** In the order of the help. */
export const TEXT_FORMS: Readonly<Record<OptionName, TextForm>> = {
  host: { placeholder: '<address>', read: same },
  ...portForms,
  amqpPlainPort: { placeholder: '<port>', read: number },
  lenientPorts: { placeholder: '', read: truth },
  adminHost: { placeholder: '<address>', read: same },
  adminToken: { placeholder: '<token>', read: same },
  page: { placeholder: '<mode>', read: same },
  hostname: { placeholder: '<name>', read: same },
  caDir: { placeholder: '<folder>', read: same, isPath: true },
  san: { placeholder: '<name...>', read: list },
  cert: FILE,
  key: FILE,
  deviceCa: FILE,
  deviceCrl: FILE,
  auth: { placeholder: '<mode>', read: same },
  policyKeys: { placeholder: '<name=key...>', read: pairs, flag: '--policy-key' },
  devices: { placeholder: '<id...>', read: list, flag: '--device' },
  seed: FILE,
  data: { placeholder: '<folder>', read: same, isPath: true },
  durability: { placeholder: '<mode>', read: same },
  routing: { placeholder: '<json>', read: jsonValue },
  partitions: { placeholder: '<number>', read: number },
  allowWebhook: { placeholder: '<host...>', read: list },
  consumerGroups: { placeholder: '<name...>', read: list, flag: '--consumer-group' },
  index: { placeholder: '<when>', read: same },
  rollout: { placeholder: '<when>', read: same },
  feedbackInterval: { placeholder: '<duration>', read: same },
  storage: { placeholder: '<string>', read: same },
  clock: { placeholder: '<which>', read: same },
  sdkFaults: { placeholder: '<mode>', read: same },
  tier: { placeholder: '<tier>', read: same },
  record: FILE,
  history: { placeholder: '<versions>', read: number },
  faults: { placeholder: '<json...>', read: json, flag: '--fault' },
  randomSeed: { placeholder: '<number>', read: number },
  logLevel: { placeholder: '<level>', read: same },
  logFormat: { placeholder: '<format>', read: same },
};

export const OPTION_NAMES = Object.keys(TEXT_FORMS) as OptionName[]; // Object.keys does not know the type of the keys

/** Reads a value that was given in `origin`. Throws UsageError for JSON that is not valid. */
export const readText = (name: OptionName, text: string, origin: string): unknown => {
  try {
    return TEXT_FORMS[name].read(text);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${origin}: ${error.message}`) : error;
  }
};

/** `httpsPort` as a flag: `--https-port`. */
export const flagOf = (name: OptionName): string =>
  TEXT_FORMS[name].flag ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** `httpsPort` as an environment variable: `IOTHUB_EMULATOR_HTTPS_PORT`. */
export const variableOf = (name: string): string =>
  `IOTHUB_EMULATOR_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/**
 * Flags win over the environment (`IOTHUB_EMULATOR_*`), that over the file, that over the defaults. Paths become absolute:
 * those of the file start from its folder, others from `folder`. Throws UsageError.
 */
export const resolveOptions = (sources: {
  readonly flags: Source;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file?: ConfigFile | undefined;
  readonly folder: string;
}): Options => {
  const { flags, file, folder } = sources;
  const environment = fromEnvironment(sources.environment);
  const { $schema: _, ...inFile } = file?.values ?? {};
  const fileFolder = file === undefined ? folder : dirname(resolve(folder, file.path));
  const given = {
    ...absolute(inFile, fileFolder),
    ...absolute(environment, folder),
    ...absolute(flags, folder),
  };
  const origin = (name: string): string => {
    if (name in flags) return flagOf(name as OptionName); // flags are read by their option names
    if (name in environment) return variableOf(name);
    return `${file?.path ?? 'configuration'}: ${name}`;
  };
  const options = parseOptions(given, origin);
  origins.set(options, Object.fromEntries(Object.keys(given).map((name) => [name, origin(name)])));
  return options;
};

const origins = new WeakMap<Options, Readonly<Record<string, string>>>();

/** Where the options were set that have no default; empty for options that `resolveOptions` has not made. */
export const originsOf = (options: Options): Readonly<Record<string, string>> => origins.get(options) ?? {};

const absolute = (values: Source, folder: string): Source =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const isPath = name in TEXT_FORMS && TEXT_FORMS[name as OptionName].isPath; // checked just before
      return [name, isPath && typeof value === 'string' ? resolve(folder, value) : value];
    }),
  );

const fromEnvironment = (environment: Readonly<Record<string, string | undefined>>): Source => {
  const found: Record<string, unknown> = {};
  for (const name of OPTION_NAMES) {
    const text = environment[variableOf(name)];
    if (text !== undefined && text !== '') found[name] = readText(name, text, variableOf(name));
  }
  return found;
};
