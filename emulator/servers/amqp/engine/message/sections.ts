import { Composite } from '../codec/composite.ts';
import { binary, boolean, string, symbol, timestamp, ubyte, uint } from '../codec/fields.ts';
import { messageId } from './message-id.ts';

/** Sections of a message by descriptor, part 3 §3.2. */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

export const SYMBOLIC: ReadonlyMap<string, number> = new Map([
  ['amqp:header:list', SECTION.header],
  ['amqp:delivery-annotations:map', SECTION.deliveryAnnotations],
  ['amqp:message-annotations:map', SECTION.messageAnnotations],
  ['amqp:properties:list', SECTION.properties],
  ['amqp:application-properties:map', SECTION.applicationProperties],
  ['amqp:data:binary', SECTION.data],
  ['amqp:amqp-sequence:list', SECTION.sequence],
  ['amqp:amqp-value:*', SECTION.value],
  ['amqp:footer:map', SECTION.footer],
]);

/** §3.2.1. */
export const header = new Composite('header', SECTION.header, {
  isDurable: boolean,
  priority: ubyte,
  ttl: uint,
  isFirstAcquirer: boolean,
  deliveryCount: uint,
});

/** §3.2.4. */
export const properties = new Composite('properties', SECTION.properties, {
  messageId,
  userId: binary,
  to: string,
  subject: string,
  replyTo: string,
  correlationId: messageId,
  contentType: symbol,
  contentEncoding: symbol,
  absoluteExpiryTime: timestamp,
  creationTime: timestamp,
  groupId: string,
  groupSequence: uint,
  replyToGroupId: string,
});
