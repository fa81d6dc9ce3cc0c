import * as z from 'zod';
import { isObject, type Json, type JsonObject } from '../json.ts';

/** A message, or an event, as routing conditions read it. */
export const RoutingMessage = z.looseObject({
  systemProperties: z.record(z.string(), z.string()).default({}),
  appProperties: z.record(z.string(), z.string()).default({}),
  body: z.custom<Json>().optional(),
  twin: z.custom<JsonObject>(isObject).meta({ type: 'object' }).optional(),
});

export const Evaluate = z.strictObject({
  kind: z.enum(['targetCondition', 'jobCondition', 'routing']),
  text: z.string(),
  message: RoutingMessage.optional().describe('The message that a routing condition is applied to'),
});
export type Evaluate = z.infer<typeof Evaluate>;
export const Evaluation = z.union([
  z.object({
    from: z.enum(['devices', 'devices.modules']),
    ids: z.array(z.string()).describe('What the condition selects'),
  }),
  z.object({ result: z.union([z.boolean(), z.literal('undefined')]).describe('Of a routing condition') }),
]);
export type Evaluation = z.infer<typeof Evaluation>;

export const Explain = z.strictObject({ query: z.string(), maxItemCount: z.int().min(1).optional() });
export const Explanation = z.object({
  plan: z.enum(['scan', 'index', 'key', 'counts']),
  index: z.array(z.string()).describe('The indexes that were used'),
  candidates: z.int().describe('Rows that could match'),
  examined: z.int().describe('Rows that were read for the first page'),
  ms: z.number().describe('The time it took'),
});

export const IndexState = z.object({
  lag: z.string().describe('immediate, manual or lag:<duration>'),
  pending: z.int().describe('Writes that queries do not see yet'),
  indexes: z
    .record(z.string(), z.array(z.object({ path: z.string(), isReady: z.boolean(), values: z.int(), rows: z.int() })))
    .describe('By collection'),
});
export type IndexState = z.infer<typeof IndexState>;
export const SetIndex = z.strictObject({
  lag: z.string().describe('immediate, manual, or lag:<duration> such as lag:30s'),
});

export const LiveQuery = z.strictObject({
  query: z.string(),
  limit: z.coerce.number().int().min(1).max(1000).default(1000).describe('The stream ends if there are more rows'),
});

const placed = z.array(
  z.object({
    at: z.int().describe('The place of the row: rows are in the order of their places'),
    row: z.custom<Json>(),
  }),
);

/** The data of each event of a live query, by the name of the event. */
export const LIVE_EVENTS = {
  rows: z.object({ rows: placed.describe('The whole result') }),
  changes: z.object({
    rows: placed.describe('Rows that are new or have changed'),
    removed: z.array(z.int()).describe('Places that are empty now'),
  }),
  end: z.object({ why: z.string().describe('In words') }),
} as const;
