import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, keyOf, nameOf } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import { numberIn, objectIn, textIn } from '../../kernel/json-members.ts';
import type { Outcome, QueuedMessage } from './cloud-to-device.ts';
import type { FeedbackBatch, FeedbackRecord, PendingRecord } from './feedback-record.ts';
import type { Queued } from './locked-queue.ts';
import { base64Of, bytesOf } from './message-json.ts';

/** A message as the emulator's own API shows it; the body is base64. */
export const renderMessage = (message: QueuedMessage): JsonObject => ({
  ...nameIn(message.queue),
  ...placeOf(message),
  body: base64Of(message.item.body),
  properties: { ...message.item.properties },
  system: { ...message.item.system },
});

/** Reads what `renderMessage` writes, without the lock. Throws ArgumentInvalid. */
export const readMessage = (document: JsonObject): QueuedMessage => ({
  ...readPlace(document, keyIn(document)),
  item: {
    body: bodyIn(document),
    properties: textsIn(objectIn(document, 'properties')),
    system: textsIn(objectIn(document, 'system')),
  },
});

export const renderBatch = (batch: Queued<FeedbackBatch>): JsonObject => ({
  ...placeOf(batch),
  records: batch.item.map((record) => ({ ...record })),
});

/** Throws ArgumentInvalid. */
export const readBatch = (document: JsonObject): Queued<FeedbackBatch> => {
  const records = own(document, 'records');
  return { ...readPlace(document, ''), item: Array.isArray(records) ? records.filter(isObject).map(readRecord) : [] };
};

export const renderPending = ({ key, record }: PendingRecord): JsonObject => ({ ...record, ...nameIn(key) });

/** Throws ArgumentInvalid. */
export const readPending = (document: JsonObject): PendingRecord => ({
  key: keyIn(document),
  record: readRecord(document),
});

/** What a queue knows about a message. */
export const placeOf = ({ number, enqueuedAt, expiresAt, deliveryCount, isRedelivered, lock }: Queued<unknown>) => ({
  sequenceNumber: number,
  enqueuedTimeUtc: timestamp(enqueuedAt),
  expiryTimeUtc: timestamp(expiresAt),
  deliveryCount,
  isRedelivered,
  isLocked: lock !== undefined,
});

const readPlace = (document: JsonObject, queue: string): Omit<Queued<unknown>, 'item'> => ({
  queue,
  number: numberIn(document, 'sequenceNumber') ?? 1,
  enqueuedAt: timeIn(document, 'enqueuedTimeUtc'),
  expiresAt: timeIn(document, 'expiryTimeUtc'),
  deliveryCount: numberIn(document, 'deliveryCount') ?? 0,
  isRedelivered: own(document, 'isRedelivered') === true,
  lock: undefined,
});

const readRecord = (document: JsonObject): FeedbackRecord => ({
  originalMessageId: textIn(document, 'originalMessageId') ?? null,
  enqueuedTimeUtc: textIn(document, 'enqueuedTimeUtc') ?? '',
  statusCode: outcomeIn(document),
  description: textIn(document, 'description') ?? '',
  deviceId: textIn(document, 'deviceId') ?? '',
  deviceGenerationId: textIn(document, 'deviceGenerationId') ?? '',
});

const OUTCOMES: readonly Outcome[] = ['Success', 'Expired', 'DeliveryCountExceeded', 'Rejected', 'Purged'];

const outcomeIn = (document: JsonObject): Outcome =>
  OUTCOMES.find((outcome) => outcome === own(document, 'statusCode')) ?? 'Success';

const nameIn = (key: IdentityKey): JsonObject => {
  const { deviceId, moduleId } = nameOf(key);
  return moduleId === undefined ? { deviceId } : { deviceId, moduleId };
};

const keyIn = (document: JsonObject): IdentityKey => {
  const deviceId = textIn(document, 'deviceId');
  if (deviceId === undefined) throw new HubError('ArgumentInvalid', 'A message without deviceId cannot be imported.');
  return keyOf({ deviceId, moduleId: textIn(document, 'moduleId') });
};

const timeIn = (document: JsonObject, name: string): number => {
  const time = Date.parse(textIn(document, name) ?? '');
  if (Number.isNaN(time)) throw new HubError('ArgumentInvalid', `A message without ${name} cannot be imported.`);
  return time;
};

const bodyIn = (document: JsonObject): Uint8Array => {
  try {
    return bytesOf(textIn(document, 'body') ?? '');
  } catch {
    throw new HubError('ArgumentInvalid', 'The body of a message must be base64.');
  }
};

const textsIn = (object: JsonObject): Record<string, string> =>
  Object.fromEntries(Object.entries(object).map(([name, value]): [string, string] => [name, textOf(value)]));

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
