import type { Json } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import type { Codec } from '../../kernel/change-feed.ts';
import { messageJson } from '../messaging/message-json.ts';
import { messageBytes } from '../messaging/message-size.ts';
import { type EventPlace, packAlone } from './packed-event.ts';

/** A message in a partition of an event hub. */
export interface StreamEvent extends EventPlace {
  /** Read from packed memory each time. */
  readonly message: Message;
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
    const { message, ...place } = json as unknown as WrittenEvent; // written by toJson
    return packAlone(place, messageJson.fromJson(message));
  },
};

interface WrittenEvent extends EventPlace {
  readonly message: Json;
}
