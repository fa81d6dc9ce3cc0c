import * as z from 'zod';

export const ClockState = z.object({
  mode: z.enum(['system', 'virtual']),
  now: z.iso.datetime().describe('UTC'),
});
export type ClockState = z.infer<typeof ClockState>;

export const Advance = z.union([
  z.strictObject({ by: z.union([z.number(), z.string()]).describe('ms, or 500ms, 30s, 5m, 1h, 2d') }),
  z.strictObject({ to: z.iso.datetime({ offset: true }) }),
]);

export const DueList = z.array(
  z.object({
    at: z.iso.datetime(),
    what: z.string().describe('In words'),
    device: z.string().optional().describe('Device id, or device id/module id'),
  }),
);
