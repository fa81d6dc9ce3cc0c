import * as z from 'zod';

export const EventsQuery = z.strictObject({
  since: z.coerce.number().default(0).describe('Events after this number; the header Last-Event-ID wins'),
  format: z.enum(['stream', 'json']).default('stream'),
  traffic: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('Whether the stream also has entries of /traffic, without a number'),
});

/** What each event has; the rest depends on its type. */
export const Event = z.looseObject({
  type: z.string().describe('Such as twin.reported'),
  sequence: z.int().describe('Numbered from 1 without gaps'),
  time: z.iso.datetime().describe("The hub's time, UTC"),
});
export type Event = z.infer<typeof Event>;

export const EventList = z.array(Event);
