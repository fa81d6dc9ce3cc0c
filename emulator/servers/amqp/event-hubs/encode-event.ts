import type { Message, MessageProperties } from '../../../../protocol/message.ts';
import type { EventPlace } from '../../../hub/event-stream/packed-event.ts';
import type { StreamEvent } from '../../../hub/event-stream/stream-event.ts';
import { type Fields, long, timestamp, type Value } from '../engine/codec/values.ts';
import { encodeMessage } from '../engine/message/encode.ts';
import { messageTo } from '../message.ts';

/** An event as a message of AMQP. */
export const encodeEvent = (event: StreamEvent): Buffer => {
  const { message } = event;
  return encodeMessage(messageTo(message, annotationsOf(event, message)));
};

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-read-builtin */
const annotationsOf = ({ sequenceNumber, offset, enqueuedAt }: EventPlace, { system }: Message): Fields => {
  const annotations = new Map<string, Value>([
    ['x-opt-sequence-number', long(sequenceNumber)],
    ['x-opt-offset', String(offset)],
    ['x-opt-enqueued-time', timestamp(enqueuedAt)],
  ]);
  for (const [property, name] of ANNOTATIONS) {
    const text = system[property];
    if (text !== undefined) annotations.set(name, text);
  }
  if (system.enqueuedTime !== undefined)
    annotations.set('iothub-enqueuedtime', timestamp(Date.parse(system.enqueuedTime)));
  return annotations;
};

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct#system-properties-of-d2c-iot-hub-messages */
const ANNOTATIONS: readonly (readonly [keyof MessageProperties, string])[] = [
  ['connectionDeviceId', 'iothub-connection-device-id'],
  ['connectionModuleId', 'iothub-connection-module-id'],
  ['connectionAuthMethod', 'iothub-connection-auth-method'],
  ['connectionDeviceGenerationId', 'iothub-connection-auth-generation-id'],
  ['messageSource', 'iothub-message-source'],
  ['interfaceId', 'iothub-interface-id'],
  ['dataSchema', 'dt-dataschema'],
  ['componentName', 'dt-subject'],
  ['creationTimeUtc', 'iothub-creation-time-utc'],
  ['messageSchema', 'iothub-message-schema'],
  ['outputName', 'iothub-outputname'],
  ['diagnosticId', 'Diagnostic-Id'],
  ['diagnosticContext', 'Correlation-Context'],
];
