import { type Encoder, encode } from '../codec/encoder.ts';
import { fields, stringFields } from '../codec/fields.ts';
import type { Fields } from '../codec/values.ts';
import { writeValue } from '../codec/write-value.ts';
import type { Body, Message } from './message.ts';
import { header, properties, SECTION } from './sections.ts';

/** The bytes of a message: the same for everyone who reads it. */
export const encodeMessage = (message: Message): Buffer => encode((encoder) => writeMessage(encoder, message));

/**
 * A section that goes before the bytes of a message for one reader, part 3 §3.2.2. Those bytes must not begin with a
 * header or annotations of the same kind.
 */
export const encodeDeliveryAnnotations = (annotations: Fields): Buffer =>
  encode((encoder) => writeFields(encoder, SECTION.deliveryAnnotations, annotations));

const writeMessage = (encoder: Encoder, message: Message): void => {
  if (message.header !== undefined) header.write(encoder, message.header);
  writeFields(encoder, SECTION.deliveryAnnotations, message.deliveryAnnotations);
  writeFields(encoder, SECTION.messageAnnotations, message.messageAnnotations);
  if (message.properties !== undefined) properties.write(encoder, message.properties);
  if (message.applicationProperties !== undefined) {
    encoder.descriptor(SECTION.applicationProperties);
    stringFields.write(encoder, message.applicationProperties);
  }
  writeBody(encoder, message.body);
  writeFields(encoder, SECTION.footer, message.footer);
};

const writeFields = (encoder: Encoder, section: number, value: Fields | undefined): void => {
  if (value === undefined) return;
  encoder.descriptor(section);
  fields.write(encoder, value);
};

const writeBody = (encoder: Encoder, body: Body): void => {
  switch (body.type) {
    case 'data':
      encoder.descriptor(SECTION.data);
      encoder.binary(body.data);
      break;
    case 'value':
      encoder.descriptor(SECTION.value);
      writeValue(encoder, body.value);
      break;
    case 'sequence':
      encoder.descriptor(SECTION.sequence);
      writeValue(encoder, { type: 'list', items: body.items });
      break;
    default:
      body satisfies never;
  }
};
