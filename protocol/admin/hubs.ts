import * as z from 'zod';

const Hub = z.object({
  name: z.string().describe('The host name of the original, the name of a fork'),
  hostname: z.string().describe('In connection strings'),
  isOriginal: z.boolean(),
  devices: z.int(),
  connected: z.int(),
});

export const HubList = z.array(Hub);
export type HubList = z.infer<typeof HubList>;

export const AddHub = z.strictObject({
  name: z.string().optional().describe('fork-1, fork-2, … if not given'),
  from: z.string().optional().describe('The fork to copy; the hub itself if not given'),
});
export const AddedHub = z.object({
  name: z.string(),
  connectionString: z.string().describe('For service apps; the keys of a fork are its own'),
});
