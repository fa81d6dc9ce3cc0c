import * as z from 'zod';
import type { Json } from '../json.ts';

const value = z.custom<Json>().optional();

export const Difference = z.object({
  path: z.string().describe('Names of members, joined by dots: `properties.desired.celsius`'),
  before: value.describe('Left out where there was no value'),
  after: value.describe('Left out where there is no value any more'),
});

const version = {
  version: z.int().describe('Counts from 1 for each id'),
  event: z.int().describe('The number of the event that told it'),
  at: z.iso.datetime().describe("The hub's time"),
  by: z.string().describe('Who wrote it, such as `policy service`, `device d1`, `job j1` or `configuration c1`'),
};

export const HistoryList = z.array(
  z.object({ ...version, changes: z.array(Difference).describe('Against the version before it, if that is kept') }),
);
export type HistoryList = z.infer<typeof HistoryList>;

export const LatestQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: z
    .string()
    .regex(/^\d{1,15}(?:\/\d{1,15}\/.+)?$/s, 'is not EVENT or EVENT/VERSION/ID')
    .optional()
    .describe(
      'EVENT/VERSION/ID of the last version of a page: what follows it. The number of an event: what was before it',
    ),
});

export const LatestVersions = z.array(
  z.object({
    id: z.string().describe('A device, or `device/module`'),
    ...version,
    what: z.enum(['created', 'changed', 'deleted']),
    changes: z.array(Difference).describe('Of what was changed, if the version before it is kept'),
  }),
);
export type LatestVersions = z.infer<typeof LatestVersions>;

export const VersionQuery = z.strictObject({
  against: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Another version to compare it with; the one before it if not given'),
});

const document = z.looseObject({}).nullable();
export const HistoryVersion = z.object({
  ...version,
  changes: z.array(Difference).describe('Against the version that the query names, or the one before it'),
  twin: document.describe('null if it was deleted'),
  identity: document.describe('null if it was deleted'),
});
export type HistoryVersion = z.infer<typeof HistoryVersion>;

export const PastQuery = z.strictObject({
  query: z.string(),
  maxItemCount: z.int().min(1).optional(),
  continuation: z.string().optional().describe('Of the page before'),
});
export const PastPage = z.object({
  items: z.array(z.custom<Json>()),
  continuation: z.string().nullable().describe('null on the last page'),
});
