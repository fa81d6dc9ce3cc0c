import { HubError } from '../../../protocol/errors.ts';
import { put } from '../../../protocol/json.ts';
import type { Message, MessageProperties } from '../../../protocol/message.ts';
import { timestamp as isoTime, timeIn } from '../../kernel/clock.ts';
import { type Fields, isTyped, textOf, uuidText, type Value } from './engine/codec/values.ts';
import type { Message as AmqpMessage, Body, Properties } from './engine/message/message.ts';
import { idText, stringId } from './engine/message/message-id.ts';

/**
 * System properties that AMQP has no field for; SDKs send them as annotations or among the application properties.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct
 */
const NAMES: Readonly<Record<string, keyof MessageProperties>> = {
  'iothub-ack': 'ack',
  'iothub-outputname': 'outputName',
  'x-opt-output-name': 'outputName',
  'iothub-interface-id': 'interfaceId',
  'iothub-message-schema': 'messageSchema',
  'iothub-creation-time-utc': 'creationTimeUtc',
  'dt-subject': 'componentName',
  'Diagnostic-Id': 'diagnosticId',
  'Correlation-Context': 'diagnosticContext',
};

/** A message as the hub keeps it: it does not share memory with the one that has arrived. Throws ArgumentInvalid. */
export const messageFrom = (message: AmqpMessage): Message => {
  const system: Record<string, string> = systemOf(message.properties ?? {});
  const properties: Record<string, string> = {};
  for (const [name, value] of message.messageAnnotations ?? []) {
    const known = knownName(name);
    if (known !== undefined) system[known] = plainText(value);
  }
  for (const [name, value] of message.applicationProperties ?? []) {
    const known = knownName(name);
    if (known === undefined) put(properties, name, plainText(value));
    else system[known] = plainText(value);
  }
  return { body: bytesOf(message.body), properties, system };
};

const knownName = (name: string): keyof MessageProperties | undefined =>
  Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;

const systemOf = (sent: Properties): Record<string, string> => {
  const { messageId, correlationId, userId, absoluteExpiryTime, creationTime } = sent;
  return withoutGaps({
    messageId: messageId && idText(messageId),
    correlationId: correlationId && idText(correlationId),
    userId: userId?.toString('utf8'),
    to: sent.to,
    contentType: sent.contentType,
    contentEncoding: sent.contentEncoding,
    expiryTimeUtc: absoluteExpiryTime === undefined ? undefined : timeText(absoluteExpiryTime),
    creationTimeUtc: creationTime === undefined ? undefined : timeText(creationTime),
  });
};

const withoutGaps = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** The latest time of JavaScript, in the year 275760. */
const LATEST = 8.64e15;

const timeText = (ms: number): string => {
  if (Math.abs(ms) > LATEST) throw new HubError('ArgumentInvalid', 'A time of the message is not valid.');
  return isoTime(ms);
};

/** UNCERTAIN: what becomes of values that are not text; other protocols only know text. */
const plainText = (value: Value): string => {
  if (value === null) return '';
  if (typeof value === 'boolean') return String(value);
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (!isTyped(value)) return value;
  if (value.type === 'timestamp') return timeText(Number(value.value));
  if (value.type === 'uuid') return uuidText(value.value);
  return textOf(value) ?? ('value' in value ? String(value.value) : '');
};

const bytesOf = (body: Body): Uint8Array => {
  switch (body.type) {
    case 'data':
      return Uint8Array.from(body.data);
    case 'value':
      return Buffer.isBuffer(body.value) ? Uint8Array.from(body.value) : Buffer.from(plainText(body.value));
    case 'sequence':
      throw new HubError('ArgumentInvalid', 'The body of a message must be data.');
    default:
      return body satisfies never;
  }
};

/** A message to a device or module. `annotations` are the hub's. */
export const messageTo = ({ body, properties, system }: Message, annotations: Fields): AmqpMessage => ({
  messageAnnotations: annotations,
  properties: {
    messageId: id(system.messageId),
    correlationId: id(system.correlationId),
    userId: system.userId === undefined ? undefined : Buffer.from(system.userId),
    to: system.to,
    contentType: system.contentType,
    contentEncoding: system.contentEncoding,
    absoluteExpiryTime: time(system.expiryTimeUtc),
    creationTime: time(system.creationTimeUtc),
  },
  applicationProperties: new Map(
    Object.entries(system.ack === undefined ? properties : { ...properties, 'iothub-ack': system.ack }),
  ),
  body: { type: 'data', data: Buffer.from(body) },
});

const id = (text: string | undefined) => (text === undefined ? undefined : stringId(text));

const time = (text: string | undefined): number | undefined => {
  const ms = timeIn(text ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};
