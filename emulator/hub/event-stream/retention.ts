import { DAY_MS } from '../../../protocol/limits.ts';

/** How long events are kept, in ms: one day, as a hub is created with. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-read-builtin */
export const RETENTION_MS = DAY_MS;

/** How many bytes of events a partition keeps, of `sizeInPartition`: the oldest ones make room for new ones. */
export const RETENTION_BYTES = 32 * 1024 * 1024;

/** Events that are too old are removed in rounds, on full minutes. */
const ROUND_MS = 60_000;

/** The round that removes an event. */
export const roundAfter = (enqueuedAt: number): number =>
  Math.ceil((enqueuedAt + RETENTION_MS + 1) / ROUND_MS) * ROUND_MS;
