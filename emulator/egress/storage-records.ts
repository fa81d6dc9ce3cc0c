import type { MessageProperties } from '../../protocol/message.ts';
import type { StreamEvent } from '../hub/event-stream/stream-event.ts';
import { declaredJson } from '../hub/messaging/declared-json.ts';

/** A message as it is stored, apart from its body. */
export interface StorageRecord {
  readonly EnqueuedTimeUtc: string;
  readonly Properties: Readonly<Record<string, string>>;
  readonly SystemProperties: Readonly<Record<string, string>>;
}

/** In the order of the service's records. UNCERTAIN: those that follow enqueuedTime, and their names. */
const SYSTEM_NAMES = [
  ['messageId', 'messageId'],
  ['correlationId', 'correlationId'],
  ['userId', 'userId'],
  ['connectionDeviceId', 'connectionDeviceId'],
  ['connectionModuleId', 'connectionModuleId'],
  ['connectionAuthMethod', 'connectionAuthMethod'],
  ['connectionDeviceGenerationId', 'connectionDeviceGenerationId'],
  ['contentType', 'contentType'],
  ['contentEncoding', 'contentEncoding'],
  ['enqueuedTime', 'enqueuedTime'],
  ['dataSchema', 'dt-dataschema'],
  ['componentName', 'dt-subject'],
  ['creationTimeUtc', 'iothub-creation-time-utc'],
] as const satisfies readonly (readonly [keyof MessageProperties, string])[];

/** ISO 8601, UTC, always with seven digits. */
export const withSevenDigits = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}0000Z`;

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-endpoints#azure-storage-as-a-routing-endpoint */
export const storageRecord = ({ enqueuedAt, message }: StreamEvent): StorageRecord => {
  const { system, properties } = message;
  const enqueuedTime = withSevenDigits(
    system.enqueuedTime === undefined ? enqueuedAt : Date.parse(system.enqueuedTime),
  );
  const known = { ...system, enqueuedTime };
  return {
    EnqueuedTimeUtc: enqueuedTime,
    Properties: properties,
    SystemProperties: Object.fromEntries(
      SYSTEM_NAMES.flatMap(([property, name]) => (known[property] === undefined ? [] : [[name, known[property]]])),
    ),
  };
};

/** The record as a line of JSON: the body as JSON if the message says so, base64 otherwise. */
export const jsonLine = (event: StreamEvent): string => {
  const Body = declaredJson(event.message) ?? Buffer.from(event.message.body).toString('base64');
  return `${JSON.stringify({ ...storageRecord(event), Body })}\n`;
};
