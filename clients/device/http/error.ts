import * as errors from '../../shared/errors.ts';
import type { HttpError } from '../../shared/http-error.ts';

type ErrorClass = new (message: string) => Error;

/** The statuses for which a device gets another error than a service; azure-iot-device-http 1.14, http_errors.js. */
const BY_STATUS: Readonly<Record<number, ErrorClass>> = {
  403: errors.IotHubQuotaExceededError,
  404: errors.DeviceNotFoundError,
  412: errors.DeviceMessageLockLostError,
  413: errors.MessageTooLargeError,
};

/** The error of a failed request: what the hub answered, or NotConnectedError if there was no answer. */
export const deviceError = (prefix: string, error: HttpError): Error => {
  const message = `${prefix}: ${error.message}`;
  const { response, responseBody } = error;
  if (response === undefined) return Object.assign(new errors.NotConnectedError(message), { cause: error });
  const Known = BY_STATUS[response.statusCode];
  if (Known === undefined) return Object.assign(error, { message });
  return Object.assign(new Known(message), { response, responseBody });
};
