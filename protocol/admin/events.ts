import * as z from 'zod';

export const EventsQuery = z.strictObject({
  since: z.coerce.number().default(0).describe('Events after this number; the header Last-Event-ID wins'),
  format: z.enum(['stream', 'json']).default('stream'),
  traffic: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('Whether the stream also has entries of /traffic, without a number'),
  most: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'At most so many events of each type in 100 ms, of what happens from now on, and so many entries of traffic of either kind: answered as usual, and others; then `missed` says in `types` how many more there were of each',
    ),
});

/** Events that a reader does not get. */
export const MissedEvents = z.object({
  type: z.literal('missed'),
  count: z.int(),
  types: z
    .record(z.string(), z.int())
    .optional()
    .describe('How many of each type were left out; absent for events that are no longer kept'),
  time: z.iso.datetime().optional().describe("The hub's time of the last one, UTC"),
});
export type MissedEvents = z.infer<typeof MissedEvents>;

/** What each event has; the rest depends on its type. */
export const Event = z.looseObject({
  type: z.string().describe('Such as twin.reported'),
  sequence: z.int().describe('Numbered from 1 without gaps'),
  time: z.iso.datetime().describe("The hub's time, UTC"),
});
export type Event = z.infer<typeof Event>;

export const EventList = z.array(Event);
