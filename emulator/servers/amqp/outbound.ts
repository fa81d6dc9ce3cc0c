import type { Downlink } from '../../hub/messaging/session.ts';
import { type Fields, int, long, timestamp, uuid, uuidBytes, type Value } from './engine/codec/values.ts';
import type { Message as AmqpMessage } from './engine/message/message.ts';
import { uuidId } from './engine/message/message-id.ts';
import { messageTo } from './message.ts';

/** The links on which the hub sends to a device or module. */
export type Output = 'twin' | 'methods' | 'c2d' | 'inputs';

/** A downlink as an AMQP message. */
export interface Push {
  readonly output: Output;
  readonly message: AmqpMessage;
}

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support */
export const pushOf = (downlink: Downlink): Push => {
  switch (downlink.type) {
    case 'desired':
      return { output: 'twin', message: desiredMessage(downlink) };
    case 'method':
      return { output: 'methods', message: methodMessage(downlink) };
    case 'c2d':
      return { output: 'c2d', message: messageTo(downlink.message, annotationsOf(downlink)) };
    case 'input':
      return {
        output: 'inputs',
        message: messageTo(downlink.message, new Map([['x-opt-input-name', downlink.input]])),
      };
    default:
      return downlink satisfies never;
  }
};

const desiredMessage = ({ patch, version }: Extract<Downlink, { type: 'desired' }>): AmqpMessage => ({
  messageAnnotations: new Map<string, Value>([
    ['resource', '/notifications/twin/properties/desired'],
    ['version', long(version)],
  ]),
  body: json(patch),
});

/** The SDK for Java requires a uuid as correlation id. */
const methodMessage = ({ requestId, methodName, payload }: Extract<Downlink, { type: 'method' }>): AmqpMessage => ({
  properties: { correlationId: uuidId(correlationOf(requestId)) },
  applicationProperties: new Map([['IoThub-methodname', methodName]]),
  body: { type: 'data', data: Buffer.from(payload.text) },
});

const json = (value: unknown): AmqpMessage['body'] => ({ type: 'data', data: Buffer.from(JSON.stringify(value)) });

const UUID_DIGITS = 32;

/** The id of a call, which is a hexadecimal number, as a uuid. */
export const correlationOf = (requestId: string): string =>
  requestId.padStart(UUID_DIGITS, '0').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** The id of the call behind a uuid. */
export const callOf = (correlation: string): string =>
  correlation
    .replaceAll('-', '')
    .replace(/^0+(?=.)/, '')
    .toLowerCase();

const annotationsOf = ({
  lockToken,
  sequenceNumber,
  deliveryCount,
  message: { system },
}: Extract<Downlink, { type: 'c2d' }>): Fields =>
  new Map<string, Value>([
    ['iothub-enqueuedtime', timestamp(Date.parse(system.enqueuedTime ?? ''))],
    ['iothub-deliverycount', int(deliveryCount)],
    ['x-opt-sequence-number', long(sequenceNumber)],
    ['x-opt-lock-token', uuid(lockToken)],
  ]);

/**
 * The delivery tag for a lock token: its bytes in .NET's order, since SDKs for .NET make a Guid of the tag.
 * https://learn.microsoft.com/dotnet/api/system.guid.-ctor
 */
export const tagOf = (lockToken: string): Buffer => {
  const bytes = uuidBytes(lockToken);
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
};
