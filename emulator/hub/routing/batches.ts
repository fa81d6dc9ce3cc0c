import { RETENTION_BYTES } from '../event-stream/retention.ts';
import type { StreamEvent } from '../event-stream/stream-event.ts';
import type { OuterEndpoint } from './egress.ts';

/** The most bytes of events in a request to a webhook, unless a single event has more. */
const WEBHOOK_BYTES = 1024 * 1024;

/** Bytes of events in one batch: a partition must hold a second one while the first is sent. */
export const batchBytes = (endpoint: OuterEndpoint): number =>
  endpoint.kind === 'webhook' ? WEBHOOK_BYTES : Math.min(endpoint.maxChunkSizeInBytes, RETENTION_BYTES / 2);

/** The most events in one batch. */
export const batchEvents = (endpoint: OuterEndpoint): number =>
  endpoint.kind === 'webhook' ? endpoint.maxEventsPerBatch : Number.POSITIVE_INFINITY;

/** The first events, as many as one batch takes. */
export const firstBatch = (endpoint: OuterEndpoint, events: readonly StreamEvent[]): readonly StreamEvent[] => {
  const end = (events[0]?.offset ?? 0) + batchBytes(endpoint);
  const tooMany = events.findIndex(({ offset }, index) => index > 0 && offset >= end);
  return tooMany < 0 ? events : events.slice(0, tooMany);
};
