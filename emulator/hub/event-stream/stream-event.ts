import type { Json } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Codec } from '../../kernel/change-feed.ts';
import { messageJson } from '../messaging/message-json.ts';
import { messageBytes } from '../messaging/message-size.ts';

/** A message in a partition of an event hub. */
export interface StreamEvent {
  /** Counts up by one within a partition, from 0. */
  readonly sequenceNumber: number;
  /** Where it begins in its partition, in bytes; grows, with gaps. */
  readonly offset: number;
  /** Milliseconds since 1970 on the hub's clock. */
  readonly enqueuedAt: number;
  readonly message: Message;
  /** A place for what a server makes of the event, once for all its readers; not part of the state. */
  readonly wire: { bytes?: Uint8Array };
}

/** A partition of an event hub. */
export interface PartitionName {
  /** The name of the endpoint: `events` for the built-in one. */
  readonly eventHub: string;
  readonly partition: number;
}

/** The partition as a key. Names of endpoints contain no slash. */
export const partitionKey = ({ eventHub, partition }: PartitionName): string => `${eventHub}/${partition}`;

/** What `partitionKey` was made of. */
export const splitPartitionKey = (key: string): PartitionName => {
  const end = key.lastIndexOf('/');
  return { eventHub: key.slice(0, end), partition: Number(key.slice(end + 1)) };
};

export const eventKey = (partition: string, { sequenceNumber }: Pick<StreamEvent, 'sequenceNumber'>): string =>
  `${partition}/${sequenceNumber}`;

/** What `eventKey` was made of. */
export const splitEventKey = (key: string): { readonly partition: string; readonly sequenceNumber: number } => {
  const end = key.lastIndexOf('/');
  return { partition: key.slice(0, end), sequenceNumber: Number(key.slice(end + 1)) };
};

/** What an event costs besides its texts and its body, in bytes: roughly its memory. */
const OVERHEAD = 1024;

/** Bytes that a message takes in a partition. */
export const sizeInPartition = (message: Message): number => OVERHEAD + messageBytes(message);

export const streamEventJson: Codec<StreamEvent> = {
  version: 1,
  toJson: ({ sequenceNumber, offset, enqueuedAt, message }) => ({
    sequenceNumber,
    offset,
    enqueuedAt,
    message: messageJson.toJson(message),
  }),
  fromJson: (json) => {
    const { message, ...rest } = json as unknown as WrittenEvent; // written by toJson
    return { ...rest, message: messageJson.fromJson(message), wire: {} };
  },
};

interface WrittenEvent extends Omit<StreamEvent, 'message' | 'wire'> {
  readonly message: Json;
}
