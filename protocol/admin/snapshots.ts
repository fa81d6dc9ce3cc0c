import * as z from 'zod';

export const Restore = z.strictObject({
  dropConnections: z.boolean().default(false).describe('false keeps the connections of identities that still exist'),
});

/** A segment of a path, from which clients take `.` and `..`. */
const SnapshotName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^(?!\.\.?$)[^/\p{Surrogate}]+$/u, 'expected a name without /, other than . and ..');

export const TakeSnapshot = z.strictObject({
  name: SnapshotName.optional().describe('snapshot-1, snapshot-2, … if not given'),
});
export const TakenSnapshot = z.object({ name: z.string() });

export const SnapshotList = z.array(
  z.object({
    name: z.string(),
    at: z.number().describe("The hub's time, ms since 1970"),
    devices: z.int(),
    modules: z.int(),
  }),
);
