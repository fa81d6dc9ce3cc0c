import { isDate } from 'node:util/types';
import type { Message as RheaMessage } from 'rhea';
import { Message } from '../message.ts';

/** What is needed of rhea, which is not loaded yet. */
interface UuidReader {
  string_to_uuid(text: string): Buffer;
}
type Id = string | Buffer;

/** As rhea's type, but with what `Message` lacks: each field only if it has a value. */
type Fields = { -readonly [Name in keyof RheaMessage]: RheaMessage[Name] };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The system properties of a message, as azure-iothub 1.16.6 writes them: amqp_message.js, `fromMessage`. */
export const amqpMessageOf = async (message: Message): Promise<RheaMessage> => {
  const { default: rhea } = await import('rhea');
  const fields: Fields = { body: rhea.message.data_section(message.getBytes()) };
  if (message.to) fields.to = message.to;
  if (message.expiryTimeUtc) fields.absolute_expiry_time = timeOf(message.expiryTimeUtc);
  if (message.messageId) fields.message_id = idOf(message.messageId, rhea);
  if (message.correlationId) fields.correlation_id = idOf(message.correlationId, rhea);
  if (message.contentType) fields.content_type = message.contentType;
  if (message.contentEncoding) fields.content_encoding = message.contentEncoding;
  return { ...fields, ...propertiesOf(message) };
};

const propertiesOf = ({ ack, interfaceId, properties }: Message): Omit<RheaMessage, 'body'> => {
  const application = properties.propertyList.filter(({ key }) => key !== COMPONENT);
  const component = properties.getValue(COMPONENT);
  return {
    application_properties: {
      ...(ack ? { 'iothub-ack': ack } : {}),
      ...Object.fromEntries(application.map(({ key, value }) => [key, value])),
    },
    message_annotations: {
      ...(interfaceId ? { 'iothub-interface-id': interfaceId } : {}),
      ...(component === undefined ? {} : { [COMPONENT]: component }),
    },
  };
};

const COMPONENT = 'dt-subject';

const timeOf = (time: Date | string | number): Date => (isDate(time) ? time : new Date(time));

const idOf = (text: string, rhea: UuidReader): Id => (UUID.test(text) ? rhea.string_to_uuid(text) : text);

/** The message that rhea has read, as azure-iothub 1.16.6 reads it: amqp_message.js, `toMessage`. */
export const messageOf = (received: RheaMessage): Message => {
  const message = new Message(bodyOf(received.body));
  if (received.to) message.to = received.to;
  if (received.absolute_expiry_time) message.expiryTimeUtc = received.absolute_expiry_time;
  if (received.message_id !== undefined) message.messageId = idText(received.message_id);
  if (received.correlation_id !== undefined) message.correlationId = idText(received.correlation_id);
  if (received.content_type) message.contentType = received.content_type;
  if (received.content_encoding) message.contentEncoding = received.content_encoding;
  for (const [name, value] of Object.entries(received.application_properties ?? {})) {
    if (name === 'iothub-ack') message.ack = String(value);
    else message.properties.add(name, value);
  }
  message.transportObj = received;
  return message;
};

/** The bytes of a message's data section. */
export const bodyOf = (body: unknown): Buffer => {
  const content: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'content') : undefined;
  return Buffer.isBuffer(content) ? content : Buffer.alloc(0);
};

/** rhea reads a UUID as its 16 bytes. */
export const idText = (id: string | number | Buffer): string => {
  if (!Buffer.isBuffer(id)) return String(id);
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
