import * as z from 'zod';
import { Difference } from './history.ts';

const limit = z.int().min(0).max(10_000).default(20).describe('At most so many devices and modules are named');

export const TryConfiguration = z.strictObject({
  configuration: z.looseObject({ id: z.string() }).describe('The body of its PUT; one with this id is replaced'),
  limit,
});

export const TryJob = z.strictObject({
  job: z.looseObject({ jobId: z.string().optional() }).describe('The body of its PUT'),
  limit,
});

const outcome = {
  matched: z.int().describe('Devices or modules that its condition selects'),
  changed: z.int().describe('How many would change'),
  failed: z.int().describe('How many would refuse the change, such as twins that would get too large'),
  twins: z
    .array(
      z.object({
        deviceId: z.string(),
        moduleId: z.string().optional(),
        changes: z.array(Difference).describe('As in the history afterwards'),
        creates: z.array(z.string()).optional().describe('Modules that an edge device would get'),
        error: z.object({ code: z.string(), text: z.string() }).optional().describe('Why it would refuse the change'),
      }),
    )
    .describe('The first of those that would change or refuse'),
};

export const ConfigurationOutcome = z.object({
  ...outcome,
  overruledBy: z
    .array(z.object({ id: z.string(), twins: z.int() }))
    .describe('Configurations that win over settings of this one, and in how many twins'),
});
export type ConfigurationOutcome = z.infer<typeof ConfigurationOutcome>;

export const JobOutcome = z.object({
  ...outcome,
  listening: z.int().optional().describe('Of a method: how many of those that are selected listen to methods now'),
});
export type JobOutcome = z.infer<typeof JobOutcome>;
