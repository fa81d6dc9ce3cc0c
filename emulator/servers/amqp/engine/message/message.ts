import type { Fields, Value } from '../codec/values.ts';
import type { MessageId } from './message-id.ts';

/**
 * A message, OASIS AMQP 1.0 part 3, messaging, §3.2. Every section but the body may be absent:
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html#section-message-format
 */
export interface Message {
  readonly header?: Header | undefined;
  readonly deliveryAnnotations?: Fields | undefined;
  readonly messageAnnotations?: Fields | undefined;
  readonly properties?: Properties | undefined;
  readonly applicationProperties?: Fields | undefined;
  readonly body: Body;
  readonly footer?: Fields | undefined;
}

/** §3.2.6 to §3.2.8. Several data sections are one after the other in `data`. */
export type Body =
  | { readonly type: 'data'; readonly data: Buffer }
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'sequence'; readonly items: readonly Value[] };

/** §3.2.1. `ttl` is in milliseconds. */
export interface Header {
  readonly isDurable?: boolean | undefined;
  readonly priority?: number | undefined;
  readonly ttl?: number | undefined;
  readonly isFirstAcquirer?: boolean | undefined;
  readonly deliveryCount?: number | undefined;
}

/** §3.2.4. Times are milliseconds since 1970, UTC. */
export interface Properties {
  readonly messageId?: MessageId | undefined;
  readonly userId?: Buffer | undefined;
  readonly to?: string | undefined;
  readonly subject?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly correlationId?: MessageId | undefined;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly absoluteExpiryTime?: number | undefined;
  readonly creationTime?: number | undefined;
  readonly groupId?: string | undefined;
  readonly groupSequence?: number | undefined;
  readonly replyToGroupId?: string | undefined;
}

/** What `message-format` of a transfer says: one message, or data sections that hold an encoded message each. */
export const MESSAGE_FORMAT = { standard: 0, batch: 0x8001_3700 } as const;
