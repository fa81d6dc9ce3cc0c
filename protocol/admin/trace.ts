import * as z from 'zod';

export const StartTrace = z.strictObject({
  maxBytes: z
    .int()
    .min(1024)
    .max(256 * 1024 ** 2)
    .default(256 * 1024 ** 2)
    .describe('Bytes of lines, before they are compressed; then the recording ends'),
});

export const TraceState = z.object({
  state: z.enum(['none', 'recording', 'ended']),
  file: z.string().nullable().describe('Where `--record` writes it; null: in memory, for `GET /trace/file`'),
  since: z.iso.datetime().nullable().describe("The hub's time at its beginning; null if there is no trace"),
  inputs: z.int().describe('How many inputs it has'),
  bytes: z.int().describe('Bytes of its lines, before they are compressed'),
  isFull: z.boolean().describe('True if it ended because it was as large as a trace may be'),
});
export type TraceState = z.infer<typeof TraceState>;
