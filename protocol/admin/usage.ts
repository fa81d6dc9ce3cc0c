import * as z from 'zod';
import { TIER_NAMES } from '../tier.ts';

const Messages = z.object({
  large: z.int().describe('By the meter of 4 KB, of all tiers but F1'),
  small: z.int().describe('By the meter of 0.5 KB, of F1'),
});

export const UsageState = z.object({
  tier: z.string().nullable().describe('The tier of the hub with its units; null if it has none'),
  messages: Messages.describe('What would be charged'),
  today: Messages.describe('What would be charged for the present UTC day'),
  throttles: z
    .array(
      z.object({
        name: z.string(),
        title: z.string(),
        operations: z.int(),
        refused: z.int().describe('By the tier'),
        bytes: z.int().describe('Of contents that are charged'),
        messages: Messages,
        peak: z.int().describe('The most operations in one second or minute; of methods, bytes'),
        peakText: z.string().describe('With its unit'),
        peakAt: z.iso.datetime().describe("When that second or minute began, on the hub's clock"),
        allowed: z.string().nullable().describe('What the tier of the hub allows; null without one'),
      }),
    )
    .describe('What clients have done, by what the service throttles; only what was done'),
  needs: z
    .array(
      z.object({
        tier: z.enum(TIER_NAMES),
        units: z.int().nullable().describe('null if no number of units is enough'),
        because: z.string().nullable().describe('What demands so many units, or rules the tier out'),
      }),
    )
    .describe('The units of each tier that would have been enough'),
  summary: z.string().describe('The smallest tiers that would have been enough, in words'),
});
export type UsageState = z.infer<typeof UsageState>;
