import * as z from 'zod';

export const MonitorQuery = z.strictObject({
  endpoint: z.string().default('events').describe('An endpoint of the routing'),
  device: z.string().optional().describe('Only events about this device and its modules'),
  group: z.string().default('$Default').describe('A consumer group; each reader has its own position'),
  from: z.string().default('now').describe('now, start, or a time such as 2030-01-01T00:00:00Z'),
});
