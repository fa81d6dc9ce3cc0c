import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import type { RoutingSource } from '../../../protocol/routing.ts';

/** Something that happened in the hub, as it is routed. */
export interface Notification {
  readonly source: RoutingSource;
  /** Whom it is about; an empty key for what concerns no single device. */
  readonly key: IdentityKey;
  /** `iothub-message-source`. */
  readonly messageSource: string;
  /** `iothub-message-schema`. */
  readonly schema: string;
  readonly opType: string;
  readonly body: Json;
  /** What Event Grid tells instead of the body; null if it does not tell this. */
  readonly gridBody?: Json;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** What the hub adds. */
export interface NotificationStamp {
  readonly hubName: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly correlationId: string;
}

/**
 * The message that is routed.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-non-telemetry-event-schema#common-event-properties
 */
export const messageOf = (notification: Notification, { hubName, at, correlationId }: NotificationStamp): Message => {
  const { key, messageSource, schema, opType, body, contentType = 'application/json' } = notification;
  const { deviceId, moduleId } = nameOf(key);
  return {
    body: new TextEncoder().encode(JSON.stringify(body)),
    properties: {
      hubName,
      ...(deviceId === '' ? {} : { deviceId }),
      ...(moduleId === undefined ? {} : { moduleId }),
      operationTimestamp: at,
      'iothub-message-schema': schema,
      opType,
    },
    system: {
      contentType,
      contentEncoding: 'utf-8',
      correlationId,
      userId: hubName,
      ...(deviceId === '' ? {} : { connectionDeviceId: deviceId }),
      ...(moduleId === undefined ? {} : { connectionModuleId: moduleId }),
      enqueuedTime: at,
      messageSource,
    },
  };
};

/** The ids of an identity as members of a body. */
export const idsIn = (key: IdentityKey): JsonObject => {
  const { deviceId, moduleId } = nameOf(key);
  return { deviceId, ...(moduleId === undefined ? {} : { moduleId }) };
};
