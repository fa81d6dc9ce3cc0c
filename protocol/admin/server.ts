import * as z from 'zod';
import type { Json } from '../json.ts';

export const Health = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  checks: z.record(z.string(), z.string()).describe('By server: ok, or why it does not answer'),
});
export type Health = z.infer<typeof Health>;

export const Readiness = z.object({
  status: z.enum(['ready', 'starting', 'loading']),
  loaded: z.int().optional().describe('Rows that were read from disk until now'),
  total: z.int().optional(),
});

export const Info = z.object({
  version: z.string(),
  hostname: z.string().describe('The host name of the hub in connection strings'),
  auth: z.enum(['strict', 'off']),
  data: z
    .object({ folder: z.string(), durability: z.enum(['sync', 'fast']), failure: z.string().nullable() })
    .nullish()
    .describe('Where the hub is kept; null: in memory. While the folder cannot be written, failure says why'),
  ports: z.record(z.string(), z.int()).describe('By name: https, mqtt, admin'),
  pid: z.int().describe('The number of its process'),
  startedAt: z.string().describe('By the clock of the machine'),
  lastEvent: z.int().describe('The number of the latest event'),
  operations: z.array(z.string()).optional().describe('What can be called here, such as `GET /clock`'),
  options: z
    .array(
      z.object({
        name: z.string(),
        value: z.custom<Json>().describe('Secrets are masked'),
        from: z.string().describe('A flag, a variable, a file, startEmulator, or default'),
      }),
    )
    .optional()
    .describe('What the emulator was started with'),
});
export type Info = z.infer<typeof Info>;

/** What the API answers instead, if it refuses a request. */
export const AdminError = z.object({
  error: z.string().describe('In words'),
  code: z.string().optional().describe("The hub's name of the error"),
  hint: z.string().nullable().optional(),
});
export type AdminError = z.infer<typeof AdminError>;

/** What a page in a browser sends once. */
export const OpenSession = z.strictObject({ token: z.string() });

export const ConnectionStringQuery = z
  .strictObject({
    policy: z.string().optional(),
    device: z.string().optional(),
    module: z.string().optional(),
    events: z.string().optional().describe('An endpoint of the routing, such as events'),
    plain: z.enum(['yes', 'no']).default('no').describe('With events: for AMQP without TLS'),
  })
  .describe('The policy iothubowner if none of them is given');
export const ConnectionStringAnswer = z.object({ connectionString: z.string() });
