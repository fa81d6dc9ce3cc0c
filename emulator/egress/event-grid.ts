import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { isObject, own } from '../../protocol/json.ts';
import type { Message, MessageProperties } from '../../protocol/message.ts';
import type { WebhookEndpoint } from '../../protocol/routing-endpoints.ts';
import { declaredJson } from '../hub/messaging/declared-json.ts';
import type { Batch } from '../hub/routing/egress.ts';
import { withSevenDigits } from './storage-records.ts';

/** The resource that events are about: the emulator has neither a subscription nor a resource group. */
export const topicOf = (hubName: string): string =>
  `/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/EMULATOR/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/${hubName.toUpperCase()}`;

/**
 * The events of a batch, in the form that the endpoint asks for.
 * https://learn.microsoft.com/azure/event-grid/event-schema-iot-hub
 */
export const gridEvents = (
  { name, eventDeliverySchema }: WebhookEndpoint,
  { hubName, partition, events }: Batch,
): JsonObject[] =>
  events.map((event) => {
    const { type, data } = contentOf(event.message, hubName);
    const id = eventId([hubName, name, partition, event.sequenceNumber, event.enqueuedAt].join('/'));
    const subject = subjectOf(event.message);
    const time = withSevenDigits(event.enqueuedAt);
    const eventType = `Microsoft.Devices.${type}`;
    if (eventDeliverySchema === 'CloudEventSchemaV1_0')
      return { id, source: topicOf(hubName), specversion: '1.0', type: eventType, subject, time, data };
    const dataVersion = type === 'DeviceTelemetry' ? '' : '1';
    return {
      id,
      topic: topicOf(hubName),
      subject,
      eventType,
      eventTime: time,
      data,
      dataVersion,
      metadataVersion: '1',
    };
  });

/** A UUID that is the same for each attempt. */
const eventId = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** UNCERTAIN: the subject of modules. */
const subjectOf = ({ system: { connectionDeviceId = '', connectionModuleId } }: Message): string =>
  `devices/${connectionDeviceId}${connectionModuleId === undefined ? '' : `/modules/${connectionModuleId}`}`;

interface Content {
  readonly type: string;
  readonly data: JsonObject;
}

const contentOf = (message: Message, hubName: string): Content => {
  const { connectionDeviceId: deviceId = '', connectionModuleId: moduleId, messageSource } = message.system;
  const ids: JsonObject = { hubName, deviceId, ...(moduleId === undefined ? {} : { moduleId }) };
  const { opType = '' } = message.properties;
  if (messageSource === 'deviceConnectionStateEvents') {
    const body = bodyOf(message);
    const sequenceNumber = (isObject(body) ? own(body, 'sequenceNumber') : undefined) ?? '';
    const type = opType === 'deviceConnected' ? 'DeviceConnected' : 'DeviceDisconnected';
    return { type, data: { deviceConnectionStateEventInfo: { sequenceNumber }, ...ids } };
  }
  if (opType.startsWith('create') && messageSource !== 'Telemetry')
    return { type: 'DeviceCreated', data: { twin: bodyOf(message), ...ids } };
  if (opType.startsWith('delete') && messageSource !== 'Telemetry')
    return { type: 'DeviceDeleted', data: { twin: bodyOf(message), ...ids } };
  const systemProperties = Object.fromEntries(
    SYSTEM_NAMES.flatMap(([property, name]) => {
      const value = message.system[property];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    type: 'DeviceTelemetry',
    data: { properties: { ...message.properties }, systemProperties, body: bodyOf(message) },
  };
};

/** Base64 if the message does not say that it is JSON. */
const bodyOf = (message: Message): Json => declaredJson(message) ?? Buffer.from(message.body).toString('base64');

const SYSTEM_NAMES = [
  ['contentType', 'iothub-content-type'],
  ['contentEncoding', 'iothub-content-encoding'],
  ['connectionDeviceId', 'iothub-connection-device-id'],
  ['connectionModuleId', 'iothub-connection-module-id'],
  ['connectionAuthMethod', 'iothub-connection-auth-method'],
  ['connectionDeviceGenerationId', 'iothub-connection-auth-generation-id'],
  ['enqueuedTime', 'iothub-enqueuedtime'],
  ['messageSource', 'iothub-message-source'],
  // UNCERTAIN: the names of these
  ['messageId', 'iothub-message-id'],
  ['correlationId', 'iothub-correlation-id'],
  ['dataSchema', 'dt-dataschema'],
  ['componentName', 'dt-subject'],
] as const satisfies readonly (readonly [keyof MessageProperties, string])[];
