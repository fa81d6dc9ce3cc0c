import * as z from 'zod';
import { Info } from './server.ts';

/** What an emulator says of itself. */
const Told = Info.pick({ version: true, data: true, ports: true, startedAt: true });

const RunningEmulator = z
  .object({
    pid: z.int(),
    name: z.string().optional().describe('The host name of its hub'),
    adminUrl: z.string().describe('Where its page is, too'),
    isThis: z.boolean().describe('True for the one that answers'),
    canStop: z.boolean().describe('False if the one that answers refuses to end it'),
    problem: z.enum(['does not answer', 'has another token']).optional().describe('Why no more is known of it'),
    ...Told.partial().shape,
  })
  .describe('What else it is, it says itself: one with a problem has a number and an address only');
export type RunningEmulator = z.infer<typeof RunningEmulator>;

export const EmulatorList = z.array(RunningEmulator).describe('The latest first');

export const StopEmulator = z.strictObject({
  adminUrl: z.string().describe('As it was listed: the number of a process can be used again'),
});
