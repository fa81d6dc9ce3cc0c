import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from './errors.ts';

/**
 * The operations of clients and of the hub that a fault can apply to. In a `handshake` (of TLS) only the host name is known to
 * which the client connects; `refuseCertificate` presents a certificate there that clients reject.
 */
export const FAULT_OPERATIONS = [
  'handshake',
  'connect',
  'twin.get',
  'twin.report',
  'twin.desired',
  'telemetry',
  'c2d.send',
  'c2d.receive',
  'method',
  'subscribe',
  'rest',
] as const;
export type FaultOperation = (typeof FAULT_OPERATIONS)[number];

// schemas are made when they are first used, which few starts do

const codes = Object.keys(ERROR_CODES);
const isCode = (value: string): value is ErrorCode => codes.includes(value);

/** What happens instead of, before or after the operation. Times in ms. */
export const FaultEffect = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('error'),
      /** The hub's name for the error, such as `ThrottlingException`. */
      code: z.string().refine(isCode, 'not an error code of the hub'),
      message: z.string().optional(),
      /** Overrides the status of the code. */
      status: z.int().min(400).max(599).optional(),
    }),
    z.strictObject({ type: z.literal('delay'), ms: z.int().min(0).max(3_600_000) }),
    z.strictObject({ type: z.literal('drop') }),
    z.strictObject({ type: z.literal('duplicate') }),
    z.strictObject({ type: z.literal('reorder') }),
    z.strictObject({ type: z.literal('disconnect'), when: z.enum(['before', 'after']).default('before') }),
    z.strictObject({ type: z.literal('throttle') }),
    z.strictObject({ type: z.literal('blackHole') }),
    z.strictObject({ type: z.literal('refuseCertificate') }),
  ]),
);
export type FaultEffect = z.infer<typeof FaultEffect>;

/** Which operations a rule matches; a missing member matches anything. `*` in ids, paths and names stands for any text. */
export const FaultMatch = z.lazy(() =>
  z.strictObject({
    device: z.string().optional(),
    module: z.string().optional(),
    protocol: z.enum(['mqtt', 'mqtt-ws', 'amqp', 'amqp-ws', 'rest']).optional(),
    operation: z.enum(FAULT_OPERATIONS).optional(),
    methodName: z.string().optional(),
    /** REST path, such as `/twins/*`; the address of an AMQP link in `subscribe`, such as `/devices/d1/twin`. */
    path: z.string().optional(),
    /** Only the n-th match, counted from 1; with `times`, that many matches beginning with it. */
    nth: z.int().min(1).optional(),
    /** The rule is applied at most this many times. */
    times: z.int().min(1).optional(),
    /** 0 … 1; drawn from the hub's random seed. */
    probability: z.number().min(0).max(1).optional(),
  }),
);
export type FaultMatch = z.infer<typeof FaultMatch>;

export const FaultRule = z.lazy(() =>
  z.strictObject({
    id: z.string().min(1).max(100).optional(),
    match: FaultMatch.default({}),
    effect: FaultEffect,
    /** In ms on the hub's clock, counted from when the rule is added. */
    window: z.strictObject({ afterMs: z.int().min(0).default(0), durationMs: z.int().min(1).optional() }).optional(),
  }),
);
export type FaultRule = z.infer<typeof FaultRule>;
