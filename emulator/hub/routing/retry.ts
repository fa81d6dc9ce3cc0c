import type { OuterEndpoint } from './egress.ts';

// https://learn.microsoft.com/azure/event-grid/delivery-and-retry#retry-schedule
const SECONDS = [10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600];
const LAST_SECONDS = 43_200;

/** How long to wait after the attempt of this number, in ms. */
export const retryDelay = (attempt: number): number => (SECONDS[attempt - 1] ?? LAST_SECONDS) * 1000;

/** The pause between attempts at an endpoint that was given up, or that somebody must make ready, in ms. */
export const PAUSE_MS = 60_000;

/** UNCERTAIN for storage: the service does not say how long it tries; here as an event subscription does by default. */
const DEFAULT_POLICY = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 };

/** True if a batch that has failed is not sent again. */
export const isGivenUp = (
  endpoint: OuterEndpoint,
  { attempt, ageMs }: { readonly attempt: number; readonly ageMs: number },
): boolean => {
  const { maxDeliveryAttempts, eventTimeToLiveInMinutes } =
    endpoint.kind === 'webhook' ? endpoint.retryPolicy : DEFAULT_POLICY;
  return attempt >= maxDeliveryAttempts || ageMs >= eventTimeToLiveInMinutes * 60_000;
};
