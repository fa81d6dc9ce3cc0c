// The names of azure-iot-common 1.13's `errors`: programs distinguish errors by class and by `name`.

/** An argument is invalid or missing. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** A number or size is outside of its range. */
export class ArgumentOutOfRangeError extends Error {
  override readonly name = 'ArgumentOutOfRangeError';
}

/** The device's message queue is full. */
export class DeviceMaximumQueueDepthExceededError extends Error {
  override readonly name = 'DeviceMaximumQueueDepthExceededError';
}

/** The device does not exist. */
export class DeviceNotFoundError extends Error {
  override readonly name = 'DeviceNotFoundError';
}

/** A text does not have the required format. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** The credentials were rejected. */
export class UnauthorizedError extends Error {
  override readonly name = 'UnauthorizedError';
}

/** The operation is not supported. */
export class NotImplementedError extends Error {
  override readonly name = 'NotImplementedError';
}

/** There is no connection, or it was lost. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
}

/** The hub's quota is used up. */
export class IotHubQuotaExceededError extends Error {
  override readonly name = 'IotHubQuotaExceededError';
}

/** The message is too large for the hub. */
export class MessageTooLargeError extends Error {
  override readonly name = 'MessageTooLargeError';
}

/** The hub had an internal error. */
export class InternalServerError extends Error {
  override readonly name = 'InternalServerError';
}

/** The hub is temporarily unavailable. */
export class ServiceUnavailableError extends Error {
  override readonly name = 'ServiceUnavailableError';
}

/** The hub does not exist. */
export class IotHubNotFoundError extends Error {
  override readonly name = 'IotHubNotFoundError';
}

/** The hub is suspended. */
export class IoTHubSuspendedError extends Error {
  override readonly name = 'IoTHubSuspendedError';
}

/** The job does not exist. */
export class JobNotFoundError extends Error {
  override readonly name = 'JobNotFoundError';
}

/** The hub cannot have more devices. */
export class TooManyDevicesError extends Error {
  override readonly name = 'TooManyDevicesError';
}

/** Too many requests. */
export class ThrottlingError extends Error {
  override readonly name = 'ThrottlingError';
}

/** A device with this id exists already. */
export class DeviceAlreadyExistsError extends Error {
  override readonly name = 'DeviceAlreadyExistsError';
}

/** The lock of the message has expired. */
export class DeviceMessageLockLostError extends Error {
  override readonly name = 'DeviceMessageLockLostError';
}

/** The etag is not the current one. */
export class InvalidEtagError extends Error {
  override readonly name = 'InvalidEtagError';
}

/** The operation is not allowed in this state. */
export class InvalidOperationError extends Error {
  override readonly name = 'InvalidOperationError';
}

/** A precondition of the request was not met. */
export class PreconditionFailedError extends Error {
  override readonly name = 'PreconditionFailedError';
}

/** There was no response in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** The device's response is invalid. */
export class BadDeviceResponseError extends Error {
  override readonly name = 'BadDeviceResponseError';
}

/** The hub got no response from the device in time. */
export class GatewayTimeoutError extends Error {
  override readonly name = 'GatewayTimeoutError';
}

/** The device did not respond in time. */
export class DeviceTimeoutError extends Error {
  override readonly name = 'DeviceTimeoutError';
}

/** Receiving messages ended. */
export class CloudToDeviceDetachedError extends Error {
  override readonly name = 'CloudToDeviceDetachedError';
  innerError: Error | undefined;
}

/** Receiving methods ended. */
export class DeviceMethodsDetachedError extends Error {
  override readonly name = 'DeviceMethodsDetachedError';
  innerError: Error | undefined;
}

/** Receiving twin updates ended. */
export class TwinDetachedError extends Error {
  override readonly name = 'TwinDetachedError';
  innerError: Error | undefined;
}

/** A twin request was rejected. */
export class TwinRequestError extends Error {
  override readonly name = 'TwinRequestError';
  transportError: unknown;
}

/** The operation was cancelled. */
export class OperationCancelledError extends Error {
  override readonly name = 'OperationCancelledError';
}

/** The provisioning service rejected the device. */
export class DeviceRegistrationFailedError extends Error {
  override readonly name = 'DeviceRegistrationFailedError';
}

/** The security device failed. */
export class SecurityDeviceError extends Error {
  override readonly name = 'SecurityDeviceError';
}
