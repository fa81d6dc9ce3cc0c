import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { CloseReason } from '../../hub/messaging/session.ts';
import { AmqpError } from './engine/errors.ts';

/**
 * The conditions of the service, as its SDKs read them; other codes go by their status.
 * https://github.com/Azure/azure-iot-sdk-node/blob/main/common/transport/amqp/src/amqp_common_errors.ts
 */
const CONDITIONS: Readonly<Partial<Record<ErrorCode, string>>> = {
  InvalidOperation: 'amqp:not-allowed',
  OperationNotAvailableInCurrentTier: 'amqp:not-allowed',
  IotHubNotFound: 'com.microsoft:iot-hub-not-found-error',
  IotHubSuspended: 'com.microsoft:iot-hub-suspended',
  IotHubQuotaExceeded: 'com.microsoft:quota-exceeded',
  IotHubMaxCbsTokenExceeded: 'amqp:resource-limit-exceeded',
  DeviceMaximumQueueDepthExceeded: 'amqp:resource-limit-exceeded',
  DeviceMaximumQueueSizeExceeded: 'amqp:resource-limit-exceeded',
  DeviceAlreadyExists: 'com.microsoft:device-already-exists',
  DeviceMessageLockLost: 'com.microsoft:message-lock-lost',
  FeatureNotSupported: 'amqp:not-implemented',
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'com.microsoft:argument-error',
  401: 'amqp:unauthorized-access',
  403: 'amqp:unauthorized-access',
  404: 'amqp:not-found',
  405: 'amqp:not-allowed',
  408: 'com.microsoft:timeout',
  412: 'com.microsoft:precondition-failed',
  413: 'amqp:link:message-size-exceeded',
  429: 'com.microsoft:device-container-throttled',
  503: 'amqp:link:detach-forced',
  504: 'com.microsoft:timeout',
};

/** An error of the hub as AMQP says it. */
export const amqpError = ({ code, status, text }: HubError): AmqpError =>
  new AmqpError(CONDITIONS[code] ?? BY_STATUS[status] ?? 'amqp:internal-error', text);

/** Runs a step of the hub. Throws its errors as AmqpError. */
export const translated = <T>(run: () => T): T => {
  try {
    return run();
  } catch (error) {
    throw error instanceof HubError ? amqpError(error) : error;
  }
};

/** How a connection is told that the hub has ended the session of a device. UNCERTAIN: the conditions are not documented. */
interface HubEnding {
  readonly condition: string;
  readonly description: string;
  /**
   * True if a connection of this device alone is cut: all SDKs then connect again. After a close with a condition, the SDK for
   * Node only does so for some of them, and `amqp:connection:forced` is not one of these.
   */
  readonly isCut?: boolean;
}

const FORCED = 'amqp:link:detach-forced';
const UNAUTHORIZED = 'amqp:unauthorized-access';

const ENDINGS: Readonly<Record<CloseReason, HubEnding>> = {
  client: { condition: FORCED, description: 'The client has left.' },
  lost: { condition: FORCED, description: 'The connection was lost.' },
  protocol: { condition: FORCED, description: 'The client has sent something that is not valid.' },
  replaced: { condition: 'amqp:link:stolen', description: 'The device has connected again.' },
  deleted: { condition: 'amqp:not-found', description: 'The device was deleted.' },
  disabled: { condition: UNAUTHORIZED, description: 'The device is disabled.' },
  expired: { condition: UNAUTHORIZED, description: 'The token has expired.', isCut: true },
  requested: { condition: FORCED, description: 'The connection was closed on request.', isCut: true },
  shutdown: { condition: FORCED, description: 'The hub is shutting down.', isCut: true },
};

/** The error for a link or connection. */
export const endingError = (reason: CloseReason): AmqpError =>
  new AmqpError(ENDINGS[reason].condition, ENDINGS[reason].description);

/** True if a connection of the device alone is cut rather than closed. */
export const isCut = (reason: CloseReason): boolean => ENDINGS[reason].isCut === true;
