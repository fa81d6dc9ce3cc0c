import * as z from 'zod';
import { Difference } from './history.ts';

const moment = z
  .string()
  .default('now')
  .describe('now, seed for what a reset goes back to, snapshot:NAME, or hub:NAME for a fork as it is now');

export const CompareQuery = z.strictObject({
  left: moment,
  right: moment,
  limit: z.coerce.number().int().min(0).max(10_000).default(100).describe('Each list ends with so many'),
});

const ids = z.array(z.string()).describe('Device id, or device id/module id');

/** What two states of the fleet do not have in common. */
export const Comparison = z.object({
  counts: z.object({
    created: z.int().describe('Devices and modules that only the right one has'),
    deleted: z.int().describe('That only the left one has'),
    changed: z.int(),
  }),
  created: ids,
  deleted: ids,
  changed: z.array(
    z.object({
      id: z.string(),
      changes: z.array(Difference).describe('before: of the left one, after: of the right one'),
    }),
  ),
});
export type Comparison = z.infer<typeof Comparison>;

export const CompareTwinsQuery = z.strictObject({
  left: z.string().describe('Device id, or device id/module id'),
  right: z.string(),
});
export const TwinComparison = z.array(Difference);
