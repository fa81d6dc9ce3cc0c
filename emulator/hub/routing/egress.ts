import type { Routing } from '../../../protocol/routing.ts';
import type { StorageEndpoint, WebhookEndpoint } from '../../../protocol/routing-endpoints.ts';
import type { StreamEvent } from '../event-stream/stream-event.ts';

/** An endpoint outside of the hub: messages are sent to it. */
export type OuterEndpoint =
  | ({ readonly kind: 'storage' } & StorageEndpoint)
  | ({ readonly kind: 'webhook' } & WebhookEndpoint);

/** Messages of one partition, in their order. */
export interface Batch {
  /** The first part of the hub's host name. */
  readonly hubName: string;
  readonly partition: number;
  /** Milliseconds since 1970 on the hub's clock. */
  readonly at: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly events: readonly StreamEvent[];
}

/** What has become of a batch. */
export type Outcome =
  /** `to`: where it is, if the endpoint has several places. */
  | { readonly to?: string }
  /** Why it was not taken, in words for people; `isFinal`: another attempt cannot help. */
  | { readonly problem: string; readonly isFinal?: boolean }
  /** What somebody must do first; `whenDone` calls when that is done. It counts as no attempt. */
  | { readonly problem: string; readonly whenDone: (act: () => void) => void };

/** Port: how messages leave the hub. */
export interface Egress {
  /** Why an endpoint cannot be used; undefined if it can. */
  refuse(endpoint: OuterEndpoint): string | undefined;
  /** Sends a batch and calls `ended` once, later. Returns the way to stop it. */
  send(endpoint: OuterEndpoint, batch: Batch, ended: (outcome: Outcome) => void): () => void;
}

export const outerEndpointsOf = ({ endpoints }: Routing): OuterEndpoint[] => [
  ...endpoints.storageContainers.map((one) => ({ kind: 'storage', ...one }) as const),
  ...endpoints.webhooks.map((one) => ({ kind: 'webhook', ...one }) as const),
];
