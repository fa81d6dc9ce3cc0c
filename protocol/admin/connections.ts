import * as z from 'zod';
import type { Json } from '../json.ts';

export const ConnectionList = z.array(
  z.object({
    id: z.string().describe('Device id, or device id/module id'),
    protocol: z.string(),
    subscriptions: z
      .record(z.string(), z.custom<Json>())
      .describe('By what the client listens to: the setting of its protocol, for MQTT the quality of service'),
  }),
);
export type ConnectionList = z.infer<typeof ConnectionList>;
