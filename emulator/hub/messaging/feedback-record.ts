import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Outcome } from './cloud-to-device.ts';

/**
 * What has become of a message to a device, as the service writes it.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d#message-feedback
 */
export interface FeedbackRecord {
  /** UNCERTAIN: null for a message that has no id. */
  readonly originalMessageId: string | null;
  /** When it happened, UTC. */
  readonly enqueuedTimeUtc: string;
  readonly statusCode: Outcome;
  readonly description: string;
  readonly deviceId: string;
  readonly deviceGenerationId: string;
}

/** Records that service apps read together. */
export type FeedbackBatch = readonly FeedbackRecord[];

/** A record that waits for its batch. */
export interface PendingRecord {
  readonly key: IdentityKey;
  readonly record: FeedbackRecord;
}
