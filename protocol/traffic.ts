import * as z from 'zod';

/** One request with its answer, on any protocol. */
export const TrafficEntry = z.object({
  id: z.int().describe('Numbered from 1'),
  at: z.iso.datetime().describe("The hub's time of the answer, UTC"),
  who: z.string().describe('Device id, device id/module id, name of a policy, or address of a client'),
  role: z.enum(['device', 'module', 'service']),
  protocol: z.string().describe('MQTT, MQTT-WS, AMQP, AMQP-WS, REST or TLS'),
  operation: z.string().describe('As in the rules of faults, such as twin.report'),
  asked: z.string().describe('What was asked, in one line'),
  body: z.string().optional().describe('The beginning of what it carried'),
  answered: z.string().describe('A status, or a word'),
  outcome: z.enum(['ok', 'refused', 'fault']),
  status: z.int().optional(),
  ms: z.number().optional().describe('From request to answer'),
  why: z.string().optional().describe('The cause, in words'),
  remedy: z.string().optional().describe('What to do, in words'),
});
export type TrafficEntry = z.infer<typeof TrafficEntry>;

/** What one side has sent; secrets are masked. */
export const TrafficSide = z.object({
  line: z.string(),
  fields: z.array(z.tuple([z.string(), z.string()])),
  body: z.string().optional(),
});
export type TrafficSide = z.infer<typeof TrafficSide>;

/** Both sides of an entry. */
export const TrafficDetail = TrafficEntry.extend({ request: TrafficSide, answer: TrafficSide });
export type TrafficDetail = z.infer<typeof TrafficDetail>;
