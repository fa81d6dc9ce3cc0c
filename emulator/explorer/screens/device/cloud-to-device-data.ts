import type * as z from 'zod';
import type { NewMessage, WaitingMessage } from '../../../../protocol/admin/messages.ts';
import type { HubEvent } from '../../api/types.ts';
import { bodyText } from '../../text/sentences.ts';

type Sent = z.input<typeof NewMessage>;

/** Where the messages of a device or module are. */
export const messagesPath = (key: string): string =>
  `/messages/${key.split('/').map(encodeURIComponent).join('/modules/')}`;

export type QueueState = 'enqueued' | 'locked' | 'completed' | 'dead-lettered';

export const stateOf = ({ isLocked }: Pick<WaitingMessage, 'isLocked'>): QueueState =>
  isLocked ? 'locked' : 'enqueued';

/** A message that has left the queue, and why. */
export interface GoneMessage {
  readonly sequence: number;
  readonly at: string;
  readonly state: QueueState;
  readonly why: string;
  readonly body: string;
}

const ENDS: Readonly<Record<string, readonly [state: QueueState, why: string]>> = {
  'c2d.completed': ['completed', 'the device has completed it'],
  'c2d.rejected': ['dead-lettered', 'the device has rejected it'],
  'c2d.expired': ['dead-lettered', 'it has expired'],
  'c2d.dead-lettered': ['dead-lettered', 'it was abandoned too often'],
};

/** Newest first. */
export const goneMessages = (events: readonly HubEvent[], key: string, most: number): readonly GoneMessage[] => {
  const found: GoneMessage[] = [];
  for (let i = events.length - 1; i >= 0 && found.length < most; i--) {
    const event = events[i];
    const end = event?.key === key ? ENDS[event.type] : undefined;
    if (event === undefined || end === undefined) continue;
    const [state, why] = end;
    found.push({ sequence: event.sequence, at: event.time, state, why, body: bodyText(event.message, 160) });
  }
  return found;
};

/** What the form holds. */
export interface MessageDraft {
  readonly body: string;
  /** Name and value, one a line: `level: high`. */
  readonly properties: string;
  readonly messageId: string;
  readonly correlationId: string;
  readonly contentType: string;
  readonly ack: 'none' | 'positive' | 'negative' | 'full';
  /** 0: as long as the hub keeps messages. */
  readonly expiresInSeconds: number;
}

/** The body of the POST. `now`: ms on the hub's clock. Throws an Error that says what is wrong. */
export const messageOf = (draft: MessageDraft, now: number): Sent => ({
  body: draft.body,
  properties: Object.fromEntries(draft.properties.split('\n').flatMap(readProperty)),
  system: {
    ack: draft.ack,
    ...(draft.messageId === '' ? {} : { messageId: draft.messageId }),
    ...(draft.correlationId === '' ? {} : { correlationId: draft.correlationId }),
    ...(draft.contentType === '' ? {} : { contentType: draft.contentType }),
    ...(draft.expiresInSeconds > 0
      ? { expiryTimeUtc: new Date(now + draft.expiresInSeconds * 1000).toISOString() }
      : {}),
  },
});

const readProperty = (line: string): [string, string][] => {
  if (line.trim() === '') return [];
  const colon = line.indexOf(':');
  if (colon < 1) throw new Error(`A property is written as “name: value”, not “${line}”.`);
  return [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
};

interface FeedbackRecord {
  readonly originalMessageId: string | null;
  readonly enqueuedTimeUtc: string;
  readonly statusCode: string;
  readonly description: string;
  readonly deviceId: string;
}

/** What `/feedback` answers. */
export interface Feedback {
  readonly batches: readonly { readonly records?: readonly FeedbackRecord[] }[];
  readonly records: readonly FeedbackRecord[];
}

/** Feedback about a device that no service app has completed, newest first. */
export const feedbackOf = ({ batches, records }: Feedback, deviceId: string): readonly FeedbackRecord[] =>
  [...batches.flatMap((batch) => batch.records ?? []), ...records]
    .filter((record) => record.deviceId === deviceId)
    .sort((a, b) => b.enqueuedTimeUtc.localeCompare(a.enqueuedTimeUtc));
