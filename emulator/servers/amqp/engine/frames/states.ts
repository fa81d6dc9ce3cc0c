import { type Composed, Composite, mandatory, OneOf } from '../codec/composite.ts';
import type { Decoder } from '../codec/decoder.ts';
import type { Encoder } from '../codec/encoder.ts';
import { boolean, type FieldType, fields, string, symbol, uint, ulong } from '../codec/fields.ts';
import { AmqpError } from '../errors.ts';

const errorFields = new Composite('error', 0x1d, { condition: mandatory(symbol), description: string, info: fields });

/** Part 2 §2.8.14. */
export const error: FieldType<AmqpError> = {
  read(decoder: Decoder) {
    const value = errorFields.read(decoder);
    return value && new AmqpError(value.condition, value.description ?? '', value.info);
  },
  write: (encoder: Encoder, { condition, message, info }: AmqpError) =>
    errorFields.write(encoder, { condition, description: message, info }),
};

/**
 * Delivery states, OASIS AMQP 1.0 part 3, messaging, §3.4:
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-messaging-v1.0-os.html#section-delivery-state
 */
const received = new Composite('received', 0x23, { sectionNumber: mandatory(uint), sectionOffset: mandatory(ulong) });
const accepted = new Composite('accepted', 0x24, {});
const rejected = new Composite('rejected', 0x25, { error });
const released = new Composite('released', 0x26, {});
const modified = new Composite('modified', 0x27, {
  deliveryFailed: boolean,
  undeliverableHere: boolean,
  messageAnnotations: fields,
});

export const outcomes = new OneOf<
  typeof received | typeof accepted | typeof rejected | typeof released | typeof modified
>(received, accepted, rejected, released, modified);

/** How a delivery went, in the end. */
export type Outcome =
  | Composed<typeof accepted>
  | Composed<typeof rejected>
  | Composed<typeof released>
  | Composed<typeof modified>;

export const ACCEPTED: Outcome = { type: 'accepted' };
export const RELEASED: Outcome = { type: 'released' };
