import { Decoder } from '../codec/decoder.ts';
import { binary, fields, stringFields } from '../codec/fields.ts';
import { readValue } from '../codec/read-value.ts';
import type { Fields, Value } from '../codec/values.ts';
import { DecodeError } from '../errors.ts';
import type { Body, Header, Message, Properties } from './message.ts';
import { header, properties, SECTION, SYMBOLIC } from './sections.ts';

interface Sections {
  header: Header | undefined;
  deliveryAnnotations: Fields | undefined;
  messageAnnotations: Fields | undefined;
  properties: Properties | undefined;
  applicationProperties: Fields | undefined;
  footer: Fields | undefined;
}

/** A body may be spread over sections. */
interface BodyParts {
  data: Buffer[] | undefined;
  items: Value[] | undefined;
  value: Value | undefined;
}

/**
 * Reads a message, part 3 §3.2. Buffers in it are views of `bytes`. Throws DecodeError.
 */
export const decodeMessage = (bytes: Buffer): Message => {
  const parts = noParts();
  const { header, deliveryAnnotations, messageAnnotations, properties, applicationProperties, footer } = readSections(
    bytes,
    parts,
  );
  const body = bodyOf(parts);
  return { header, deliveryAnnotations, messageAnnotations, properties, applicationProperties, body, footer };
};

/** Reads a batch: every data section is a message. Throws DecodeError. */
export const decodeBatch = (bytes: Buffer): readonly Message[] => {
  const parts = noParts();
  readSections(bytes, parts);
  return (parts.data ?? []).map(decodeMessage);
};

const noParts = (): BodyParts => ({ data: undefined, items: undefined, value: undefined });

const readSections = (bytes: Buffer, parts: BodyParts): Sections => {
  const decoder = new Decoder(bytes);
  const sections: Sections = {
    header: undefined,
    deliveryAnnotations: undefined,
    messageAnnotations: undefined,
    properties: undefined,
    applicationProperties: undefined,
    footer: undefined,
  };
  while (!decoder.isAtEnd) readSection(decoder, sections, parts);
  return sections;
};

const readSection = (decoder: Decoder, sections: Sections, parts: BodyParts): void => {
  const descriptor = decoder.descriptor();
  const code = typeof descriptor === 'string' ? SYMBOLIC.get(descriptor) : descriptor;
  switch (code) {
    case SECTION.header:
      sections.header = header.readFields(decoder);
      break;
    case SECTION.deliveryAnnotations:
      sections.deliveryAnnotations = fields.read(decoder);
      break;
    case SECTION.messageAnnotations:
      sections.messageAnnotations = fields.read(decoder);
      break;
    case SECTION.properties:
      sections.properties = properties.readFields(decoder);
      break;
    case SECTION.applicationProperties:
      sections.applicationProperties = stringFields.read(decoder);
      break;
    case SECTION.footer:
      sections.footer = fields.read(decoder);
      break;
    default:
      readBody(decoder, code, parts);
  }
};

const readBody = (decoder: Decoder, code: number | undefined, parts: BodyParts): void => {
  switch (code) {
    case SECTION.data:
      parts.data ??= [];
      parts.data.push(binary.read(decoder) ?? NOTHING);
      break;
    case SECTION.sequence:
      parts.items ??= [];
      for (const item of itemsOf(readValue(decoder))) parts.items.push(item);
      break;
    case SECTION.value:
      parts.value = readValue(decoder);
      break;
    default:
      throw new DecodeError('Unknown message section');
  }
};

const NOTHING: Buffer = Buffer.alloc(0);

const itemsOf = (value: Value): readonly Value[] => {
  if (value !== null && typeof value === 'object' && 'type' in value && value.type === 'list') return value.items;
  throw new DecodeError('An amqp-sequence is not a list');
};

/** A message without a body section is one with an empty body: some clients send it so. */
const bodyOf = ({ data, items, value }: BodyParts): Body => {
  if (value !== undefined) return { type: 'value', value };
  if (items !== undefined) return { type: 'sequence', items };
  return { type: 'data', data: data?.length === 1 ? (data[0] ?? NOTHING) : Buffer.concat(data ?? []) };
};
