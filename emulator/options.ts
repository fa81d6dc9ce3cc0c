import * as z from 'zod';
import { FaultRule } from '../protocol/fault.ts';
import { isId } from '../protocol/identity-key.ts';
import { isObject, type JsonObject } from '../protocol/json.ts';
import { DeviceSeed } from '../protocol/seed.ts';
import { readTier } from '../protocol/tier.ts';
import { POLICY_NAMES } from './auth/policies.ts';
import { readStorageConnection } from './blobs/storage-connection.ts';
import { isLoopback } from './endpoints/addresses.ts';
import { PLAIN_AMQP, PORTS, type PortOption } from './endpoints/protocols.ts';
import { readCadence } from './hub/configurations/configuration-scheduler.ts';
import { DEFAULT_HISTORY } from './hub/history/history.ts';
import { readLag } from './hub/index-lag/lag.ts';
import { parseDuration } from './kernel/duration.ts';
import { LOG_LEVELS } from './log.ts';

const port = ({ purpose, number }: (typeof PORTS)[number]) =>
  z.int().min(0).max(65_535).default(number).describe(`Port of ${purpose}; 0 is any free port`);
const portShape = Object.fromEntries(PORTS.map((row) => [row.option, port(row)])) as {
  [Option in PortOption]: ReturnType<typeof port>; // one option for each row
};
const text = z.string().min(1);
const base64Key = z.base64().min(1).describe('A symmetric key, base64');
const id = z.string().refine(isId, { error: 'is not a valid device id' });

/** Every option with its default. Flags, environment, configuration file and tests are all checked against it. */
export const Options = z.strictObject({
  host: text.default('localhost').describe('Addresses to listen on, comma-separated; localhost is 127.0.0.1 and ::1'),
  ...portShape,
  amqpPlainPort: z
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe(`Port of AMQP without TLS, on loopback only, such as ${PLAIN_AMQP}; none is opened if not given`),
  lenientPorts: z
    .boolean()
    .default(false)
    .describe('true accepts MQTT on 443 and HTTPS on 8883 as well, as on all other ports'),
  adminHost: text.default('127.0.0.1').describe("Address of the emulator's own API"),
  adminToken: text.optional().describe("Bearer token of the emulator's own API, required beyond loopback"),
  page: z.enum(['on', 'off']).default('on').describe('The page for browsers at the address of the admin API'),
  hostname: text.default('localhost').describe('Name of the hub in connection strings'),
  caDir: text.optional().describe('Folder of the development CA; ~/.iothub-emulator if not given'),
  san: z.array(text).default([]).describe('More names and addresses for the certificate'),
  cert: text.optional().describe('File of your own certificate chain, PEM; needs key'),
  key: text.optional().describe('File of the key of your own certificate, PEM; needs cert'),
  deviceCa: text.optional().describe('File of CAs whose devices may authenticate by certificate, PEM'),
  deviceCrl: text.optional().describe('File of revoked device certificates (CRLs), PEM; needs deviceCa'),
  auth: z
    .enum(['strict', 'off'])
    .default('strict')
    .describe('off accepts every credential and logs which ones are not valid'),
  policyKeys: z
    .partialRecord(z.enum(POLICY_NAMES), base64Key)
    .default({})
    .describe('Your own keys for shared access policies'),
  devices: z
    .array(z.union([id, DeviceSeed]))
    .default([])
    .describe('Devices that exist from the start'),
  seed: z
    .union([text, z.custom<JsonObject>(isObject)])
    .optional()
    .describe('File of devices and configurations to start with: JSON, YAML, az iot hub state export, or devices.txt'),
  data: text.optional().describe('Folder that keeps the hub; in memory if not given. Needs the package classic-level'),
  durability: z
    .enum(['sync', 'fast'])
    .default('sync')
    .describe('With data: sync answers when a write is on disk; fast answers at once and may lose the last moments'),
  routing: z
    .custom<JsonObject>(isObject, 'must be an object')
    .optional()
    .describe('Routes, endpoints and enrichments as JSON, as properties.routing of a template'),
  allowWebhook: z
    .array(text)
    .default([])
    .describe('Hosts besides this machine on which webhooks of the routing may be'),
  partitions: z.int().min(1).max(32).default(4).describe('Partitions of each event hub'),
  consumerGroups: z
    .array(text)
    .default([])
    .describe('Consumer groups of the event hubs besides $Default; * admits every name'),
  index: z
    .string()
    .refine((when) => readLag(when) !== undefined, { error: 'is neither immediate, manual nor lag:<duration>' })
    .default('immediate')
    .describe('When queries see a write: immediate, lag:<duration> such as lag:30s, or manual'),
  rollout: z
    .string()
    .refine((when) => readCadence(when) !== undefined, { error: 'is neither immediate nor every:<duration>' })
    .default('immediate')
    .describe(
      'When automatic configurations are evaluated: immediate, or every:<duration>; every:5m is the pace of the service',
    ),
  feedbackInterval: z
    .string()
    .refine((time) => parseDuration(time) !== undefined, { error: 'is not a duration, such as 15s' })
    .default('15s')
    .describe("Longest time that feedback on messages to devices waits for more, on the hub's clock, such as 15s"),
  storage: z
    .string()
    .refine((text) => text === 'own' || text === 'none' || readStorageConnection(text) !== undefined, {
      error: 'is neither own, none nor the connection string of a storage account',
    })
    .default('own')
    .describe(
      'Where devices upload files: own, the emulator itself; the connection string of a storage account or of Azurite; or none',
    ),
  clock: z
    .string()
    .refine((which) => which === 'system' || which === 'virtual' || !Number.isNaN(Date.parse(which)), {
      error: 'is neither system, virtual nor a time such as 2030-01-01T00:00:00Z',
    })
    .default('system')
    .describe(
      "The hub's time: system; virtual starts at 2026-01-01 and stands still until it is advanced; or a time to start at",
    ),
  sdkFaults: z
    .enum(['off', 'on'])
    .default('off')
    .describe("on accepts the messages with which tests of Microsoft's SDKs ask for faults"),
  tier: z
    .string()
    .refine((text) => text === 'off' || readTier(text) !== undefined, {
      error:
        'is neither off nor a tier with its units, such as F1, S1x200 or S3x10: F1 has one, B3 and S3 have at most 10, others 200',
    })
    .default('off')
    .describe('The tier whose throttles, quotas and limits apply, with its units: F1, B1, S1x2, S2, S3; or off'),
  record: text.optional().describe('File to record: all that the hub gets, for replay, compressed'),
  history: z
    .int()
    .min(0)
    .max(10_000)
    .default(DEFAULT_HISTORY)
    .describe('Versions of each twin and identity that are kept; 0 keeps none'),
  faults: z
    .array(FaultRule)
    .default([])
    .describe('Faults that are injected from the start, as JSON like the body of POST /faults'),
  randomSeed: z.int().default(1).describe('Determines generated keys, etags and generation ids'),
  logLevel: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe('error; warn: what a user may have to fix too; or info: what devices and services do too'),
  logFormat: z.enum(['pretty', 'json']).default('pretty').describe('Lines for people, or one JSON object each'),
});
export type Options = z.infer<typeof Options>;
export type OptionName = keyof Options;
export type OptionsInput = z.input<typeof Options>;

/** Invalid options. The message names the option and where it was set. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Checks options that come from one place. Throws UsageError; `origin` says where an option was set. */
export const parseOptions = (
  given: Readonly<Record<string, unknown>>,
  origin: (name: string) => string = (name) => name,
): Options => {
  const { data, error } = Options.safeParse(given);
  if (error !== undefined) throw new UsageError(error.issues.map((issue) => complaint(issue, origin)).join('\n'));
  if (data.cert !== undefined && data.key === undefined) throw new UsageError(`${origin('cert')} needs key as well`);
  if (data.key !== undefined && data.cert === undefined) throw new UsageError(`${origin('key')} needs cert as well`);
  if (data.deviceCrl !== undefined && data.deviceCa === undefined)
    throw new UsageError(`${origin('deviceCrl')} needs deviceCa as well`);
  if (data.adminToken === undefined && !isLoopback(data.adminHost))
    throw new UsageError(`${origin('adminHost')} is open to other machines: it needs an admin token as well`);
  return data;
};

/** JSON schema of the configuration file. */
export const configSchema = (): object => {
  const { properties, ...rest } = z.toJSONSchema(Options, { io: 'input', unrepresentable: 'any' });
  return {
    title: 'iothub-emulator.config.json',
    ...rest,
    properties: { $schema: { type: 'string' }, ...properties },
  };
};

const complaint = (issue: z.core.$ZodIssue, origin: (name: string) => string): string => {
  const [name, ...inner] = issue.path.map(String);
  if (issue.code === 'unrecognized_keys' && name === undefined)
    return issue.keys.map((key) => `${origin(key)}: there is no such option`).join('\n');
  const place = inner.length === 0 ? origin(name ?? '') : `${origin(name ?? '')} (${inner.join('.')})`;
  return `${place}: ${issue.message}`;
};
