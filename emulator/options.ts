import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { FaultRule } from '../protocol/fault.ts';
import { isId } from '../protocol/identity-key.ts';
import { isObject, type JsonObject } from '../protocol/json.ts';
import { isLoopback } from './addresses.ts';
import { POLICY_NAMES } from './auth/policies.ts';
import { readCadence } from './hub/evaluation.ts';
import { readLag } from './hub/index-lag.ts';
import { DeviceSeed } from './seeds/seed.ts';

const port = (what: string, usual: number) =>
  z.int().min(0).max(65_535).default(usual).describe(`${what}; 0 is any free port`);
const base64Key = z.base64().min(1).describe('A symmetric key, base64');
const id = z.string().refine(isId, { error: 'is not a device id' });

/** Everything that can be set, with every default: flags, environment, configuration file and tests all go through it. */
export const Options = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('localhost')
    .describe('Addresses to listen on, comma-separated; localhost is 127.0.0.1 and ::1'),
  httpsPort: port('Port of HTTPS and MQTT over WebSocket', 443),
  mqttPort: port('Port of MQTT over TLS', 8883),
  adminPort: port("Port of the emulator's own API, plain HTTP", 8088),
  adminHost: z.string().min(1).default('127.0.0.1').describe("Address of the emulator's own API"),
  adminToken: z.string().min(1).optional().describe("Bearer token of the emulator's own API, demanded beyond loopback"),
  hostname: z.string().min(1).default('localhost').describe('Name of the hub in connection strings'),
  caDir: z.string().min(1).optional().describe('Folder of the development CA; ~/.iothub-emulator if not given'),
  san: z.array(z.string().min(1)).default([]).describe('More names and addresses for the certificate'),
  cert: z.string().min(1).optional().describe('File of your own certificate chain, PEM; needs key'),
  key: z.string().min(1).optional().describe('File of the key of your own certificate, PEM; needs cert'),
  deviceCa: z.string().min(1).optional().describe('File of CAs whose devices may come in by certificate, PEM'),
  deviceCrl: z.string().min(1).optional().describe('File of revoked device certificates (CRLs), PEM; needs deviceCa'),
  auth: z.enum(['strict', 'off']).default('strict').describe('off admits everybody and logs what would have failed'),
  policyKeys: z
    .partialRecord(z.enum(POLICY_NAMES), base64Key)
    .default({})
    .describe('Own keys of shared access policies'),
  devices: z
    .array(z.union([id, DeviceSeed]))
    .default([])
    .describe('Devices that exist from the start'),
  seed: z
    .union([z.string().min(1), z.custom<JsonObject>(isObject)])
    .optional()
    .describe('File of devices and configurations to start with: JSON, YAML, az iot hub state export, or devices.txt'),
  index: z
    .string()
    .refine((text) => readLag(text) !== undefined, { error: 'is neither immediate, manual nor lag:<duration>' })
    .default('immediate')
    .describe('When queries see a write: immediate, lag:<duration> such as lag:30s, or manual'),
  rollout: z
    .string()
    .refine((text) => readCadence(text) !== undefined, { error: 'is neither immediate nor every:<duration>' })
    .default('immediate')
    .describe(
      'When automatic configurations are evaluated: immediate, or every:<duration>, every:5m as the service does',
    ),
  clock: z
    .string()
    .refine((text) => text === 'system' || text === 'virtual' || !Number.isNaN(Date.parse(text)), {
      error: 'is neither system, virtual nor a time such as 2030-01-01T00:00:00Z',
    })
    .default('system')
    .describe("The hub's time: system; virtual stands still at 2026-01-01 until turned; a time stands still there"),
  sdkFaults: z
    .enum(['off', 'on'])
    .default('off')
    .describe("on obeys the messages by which tests of Microsoft's SDKs ask for faults"),
  faults: z.array(FaultRule).default([]).describe('What shall go wrong from the start, as POST /faults takes it; JSON'),
  randomSeed: z.int().default(1).describe('Decides keys, etags and generation ids'),
  logFormat: z.enum(['pretty', 'json']).default('pretty').describe('Lines for people, or one JSON object each'),
});
export type Options = z.infer<typeof Options>;
export type OptionName = keyof Options;
export type OptionsInput = z.input<typeof Options>;

/** What was asked for cannot be: the text says what, and where it was said. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options that name files and folders. */
const PATHS = ['caDir', 'cert', 'key', 'deviceCa', 'deviceCrl', 'seed'] as const;
type PathOption = (typeof PATHS)[number];

/** Values by option name, as one source gave them. */
export type Source = Readonly<Record<string, unknown>>;

/** A configuration file that was read: relative paths in it start from its folder. */
export interface ConfigFile {
  readonly path: string;
  readonly values: Source;
}

/**
 * Flags over environment (`IOTHUB_EMULATOR_*`) over file over defaults. Throws UsageError.
 * Paths come back absolute: those of the file start from its folder, others from `folder`.
 */
export const resolveOptions = (sources: {
  readonly flags: Source;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file?: ConfigFile | undefined;
  readonly folder: string;
}): Options => {
  const environment = fromEnvironment(sources.environment);
  const { $schema: _, ...file } = sources.file?.values ?? {};
  const folder = sources.file === undefined ? sources.folder : dirname(resolve(sources.folder, sources.file.path));
  const given = { ...file, ...environment, ...sources.flags };
  const path = (name: PathOption): Source => {
    const value = given[name];
    if (typeof value !== 'string') return {};
    return { [name]: resolve(name in environment || name in sources.flags ? sources.folder : folder, value) };
  };
  return parseOptions({ ...given, ...Object.assign({}, ...PATHS.map(path)) }, (name) => {
    if (name in sources.flags) return flagOf(name);
    if (name in environment) return variableOf(name);
    return `${sources.file?.path ?? 'configuration'}: ${name}`;
  });
};

/** Checks options that come from one place. Throws UsageError; `origin` says where an option was set. */
export const parseOptions = (given: Source, origin: (name: string) => string = (name) => name): Options => {
  const { data, error } = Options.safeParse(given);
  if (error !== undefined) throw new UsageError(error.issues.map((issue) => complaint(issue, origin)).join('\n'));
  if ((data.cert === undefined) !== (data.key === undefined))
    throw new UsageError(
      data.cert === undefined ? `${origin('key')} needs cert as well` : `${origin('cert')} needs key as well`,
    );
  if (data.deviceCrl !== undefined && data.deviceCa === undefined)
    throw new UsageError(`${origin('deviceCrl')} needs deviceCa as well`);
  if (data.adminToken === undefined && !isLoopback(data.adminHost))
    throw new UsageError(`${origin('adminHost')} is open to others: it needs an admin token as well`);
  return data;
};

/** `httpsPort` as a flag: `--https-port`; lists have the singular, since each is given on its own. */
export const flagOf = (name: string): string =>
  `--${(SINGULAR[name] ?? name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** `httpsPort` as an environment variable: `IOTHUB_EMULATOR_HTTPS_PORT`. */
export const variableOf = (name: string): string =>
  `IOTHUB_EMULATOR_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** JSON schema of the configuration file. */
export const configSchema = (): object => {
  const { properties, ...rest } = z.toJSONSchema(Options, { io: 'input', unrepresentable: 'any' });
  return {
    title: 'iothub-emulator.config.json',
    ...rest,
    properties: { $schema: { type: 'string' }, ...properties },
  };
};

/** How each option is written where there is only text: in an environment variable, or behind a flag. */
export const fromText: Readonly<Record<OptionName, (text: string) => unknown>> = {
  host: same,
  httpsPort: number,
  mqttPort: number,
  adminPort: number,
  adminHost: same,
  adminToken: same,
  hostname: same,
  caDir: same,
  san: list,
  cert: same,
  key: same,
  deviceCa: same,
  deviceCrl: same,
  auth: same,
  policyKeys: pairs,
  devices: list,
  seed: same,
  index: same,
  rollout: same,
  clock: same,
  sdkFaults: same,
  faults: json,
  randomSeed: number,
  logFormat: same,
};

const SINGULAR: Readonly<Record<string, string>> = { devices: 'device', faults: 'fault', policyKeys: 'policyKey' };

const fromEnvironment = (environment: Readonly<Record<string, string | undefined>>): Source => {
  const found: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(fromText)) {
    const text = environment[variableOf(name)];
    if (text !== undefined && text !== '') found[name] = read(text);
  }
  return found;
};

function same(text: string): string {
  return text;
}

function number(text: string): number | string {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** One or several of what JSON can say; text that is none is complained of as what it is. */
function json(text: string): unknown[] {
  try {
    return [JSON.parse(text)].flat();
  } catch {
    return [text];
  }
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `name=key`, comma-separated; keys may hold `=`. */
function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    list(text).map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

const complaint = (issue: z.core.$ZodIssue, origin: (name: string) => string): string => {
  const [name, ...inner] = issue.path.map(String);
  if (issue.code === 'unrecognized_keys' && name === undefined)
    return issue.keys.map((key) => `${origin(key)}: there is no such option`).join('\n');
  const place = inner.length === 0 ? origin(name ?? '') : `${origin(name ?? '')} (${inner.join('.')})`;
  return `${place}: ${issue.message}`;
};
