import * as z from 'zod';
import { FaultRule } from '../fault.ts';

export const AddFaults = z.union([FaultRule, z.array(FaultRule)]);

export const FaultList = z.array(
  z.object({
    ...FaultRule.unwrap().shape,
    id: z.string(),
    addedAt: z.number().describe("The hub's time, ms since 1970"),
    matched: z.int().describe('How many operations matched the rule'),
    struck: z.int().describe('How many of these were affected'),
  }),
);
export type FaultList = z.infer<typeof FaultList>;

export const AddedFaults = z.object({ ids: z.array(z.string()), faults: FaultList });
