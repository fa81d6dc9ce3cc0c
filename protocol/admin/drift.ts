import * as z from 'zod';
import type { Json } from '../json.ts';

export const FleetDriftQuery = z.strictObject({
  limit: z.coerce.number().int().min(0).max(10_000).default(100).describe('At most so many devices and modules'),
});

const counts = {
  different: z.int().describe('Reported in another way, refused by the device, or not acknowledged yet'),
  missing: z.int().describe('Not reported'),
};

/** What devices and modules have not followed of what is desired. */
export const FleetDriftState = z.object({
  examined: z.int(),
  different: z.int().describe('How many have reported something else than is desired'),
  missing: z.int().describe('How many have only not reported what is desired'),
  properties: z
    .array(z.object({ path: z.string().describe('Below `properties.desired`, as queries write it'), ...counts }))
    .describe('By path; those that most twins have first'),
  twins: z
    .array(z.object({ deviceId: z.string(), moduleId: z.string().optional(), ...counts }))
    .describe('Those that have reported something else, then those that have not reported'),
});
export type FleetDriftState = z.infer<typeof FleetDriftState>;

const value = z.custom<Json>();

export const TwinDrift = z.array(
  z.object({
    path: z.string().describe('Below `properties.desired`, as queries write it'),
    kind: z
      .enum(['different', 'refused', 'pending', 'missing'])
      .describe('refused, pending: by the acknowledgement of a writable property of IoT Plug and Play'),
    desired: value,
    reported: value.optional().describe('Left out if it was not reported'),
    status: z.number().optional().describe('With refused: the status that the device acknowledged with'),
    text: z.string().optional().describe('With refused: what the device said'),
    version: z
      .number()
      .optional()
      .describe('With pending: the version of the desired properties that was acknowledged'),
  }),
);
export type TwinDrift = z.infer<typeof TwinDrift>;
