import * as errors from '../errors.ts';

// azure-iothub 1.16.6 and azure-iot-amqp-base 2.5: amqp_common_errors.js, `translateError`.
const BY_CONDITION: Readonly<Record<string, new (message: string) => Error>> = {
  'amqp:internal-error': errors.InternalServerError,
  'amqp:link:message-size-exceeded': errors.MessageTooLargeError,
  'amqp:not-found': errors.DeviceNotFoundError,
  'amqp:not-implemented': errors.NotImplementedError,
  'amqp:not-allowed': errors.InvalidOperationError,
  'amqp:resource-limit-exceeded': errors.IotHubQuotaExceededError,
  'amqp:unauthorized-access': errors.UnauthorizedError,
  'com.microsoft:argument-error': errors.ArgumentError,
  'com.microsoft:argument-out-of-range': errors.ArgumentOutOfRangeError,
  'com.microsoft:device-already-exists': errors.DeviceAlreadyExistsError,
  'com.microsoft:device-container-throttled': errors.ThrottlingError,
  'com.microsoft:iot-hub-suspended': errors.IoTHubSuspendedError,
  'com.microsoft:iot-hub-not-found-error': errors.IotHubNotFoundError,
  'com.microsoft:message-lock-lost': errors.DeviceMessageLockLostError,
  'com.microsoft:precondition-failed': errors.PreconditionFailedError,
  'com.microsoft:quota-exceeded': errors.IotHubQuotaExceededError,
  'com.microsoft:timeout': errors.ServiceUnavailableError,
  'amqp:link:detach-forced': errors.ServiceUnavailableError,
};

const OURS = new Set<unknown>(Object.values(errors));

/** What `amqpError` reads of an error: of the hub its condition, of a socket its code. */
export interface AmqpFailure {
  readonly condition?: unknown;
  readonly code?: unknown;
}

/** An error of the hub or of a socket as one of `errors` with the text `message`, and with the original in `amqpError`. */
export const amqpError = (message: string, failure: unknown): Error => {
  if (failure instanceof Error && OURS.has(failure.constructor)) return failure;
  const { condition, code }: AmqpFailure = typeof failure === 'object' && failure !== null ? failure : {};
  const Known = typeof condition === 'string' ? BY_CONDITION[condition] : undefined;
  const known = Known ?? (condition === undefined && code !== undefined ? errors.NotConnectedError : Error);
  return Object.assign(new known(message), { amqpError: failure });
};

/** Runs `operation`; rejects with what `errorOf` makes of the error. */
export const translated = async <T>(
  message: string,
  operation: () => Promise<T>,
  errorOf: (message: string, failure: unknown) => Error = amqpError,
): Promise<T> => {
  try {
    return await operation();
  } catch (error) {
    throw errorOf(message, error);
  }
};
