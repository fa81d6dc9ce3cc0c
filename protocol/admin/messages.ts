import * as z from 'zod';
import { ACKS } from '../message.ts';

/** As text, or as bytes in base64 if it is not UTF-8. */
export const MessageBody = z.union([z.string(), z.strictObject({ base64: z.base64() })]);
export type MessageBody = z.infer<typeof MessageBody>;

const text = z.string().optional();
const properties = z.record(z.string(), z.string());

export const NewMessage = z.strictObject({
  body: MessageBody.default(''),
  properties: properties.default({}).describe('Application properties'),
  system: z
    .strictObject({
      messageId: text,
      correlationId: text,
      userId: text,
      contentType: text,
      contentEncoding: text,
      creationTimeUtc: text,
      expiryTimeUtc: text,
      ack: z.enum(ACKS).optional().describe('Which feedback the sender wants'),
    })
    .default({}),
});

export const WaitingMessage = z.object({
  deviceId: z.string(),
  moduleId: text,
  sequenceNumber: z.int().describe('In the queue of the device or module, from 1'),
  enqueuedTimeUtc: z.iso.datetime(),
  expiryTimeUtc: z.iso.datetime(),
  deliveryCount: z.int().describe('How often it was abandoned'),
  isRedelivered: z.boolean().describe('Whether it was handed out before'),
  isLocked: z.boolean().describe('Whether it is being delivered now'),
  body: MessageBody,
  properties,
  system: properties.describe('System properties'),
});
export type WaitingMessage = z.infer<typeof WaitingMessage>;
export const WaitingMessages = z.array(WaitingMessage);

export const ReceiveMessage = z.strictObject({
  lockSeconds: z.number().optional().describe('How long it is locked, 1 to 300; 60 if not given'),
});
export const ReceivedMessage = z.object({
  message: WaitingMessage.extend({ lockToken: z.string() })
    .nullable()
    .describe('null if none waits, or all are being delivered'),
});

export const SettleMessage = z.strictObject({
  lockToken: z.string(),
  outcome: z.enum(['complete', 'reject', 'abandon']).default('complete'),
});

export const Purged = z.object({ messages: z.int() });

const documents = z.array(z.looseObject({}));

export const WaitingFeedback = z.object({
  batches: documents.describe('Batches that service apps have not completed, with their records'),
  records: documents.describe('Records that wait for their batch'),
});
