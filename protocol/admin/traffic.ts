import * as z from 'zod';
import { TrafficEntry } from '../traffic.ts';

export const TrafficQuery = z.strictObject({
  search: z
    .string()
    .default('')
    .describe('Such as `status:4xx device:thermostat-* -who:page text`; all terms must fit'),
  limit: z.coerce.number().int().min(1).default(5000).describe('At most so many, the latest ones'),
  format: z
    .enum(['stream', 'json'])
    .default('json')
    .describe(
      'A stream has what happens from now on; if that is too much, `missed` says how many entries it leaves out',
    ),
});

export const TrafficList = z.array(TrafficEntry);
