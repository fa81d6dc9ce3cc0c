import type { ErrorCode } from '../../protocol/errors.ts';
import { isObject } from '../../protocol/json.ts';
import * as errors from './errors.ts';
import type { HttpResponse } from './results.ts';

/** An error response of HTTP. */
export interface HttpError extends Error {
  response?: HttpResponse;
  responseBody?: string;
}

type ErrorClass = new (message: string) => Error;

// azure-iothub 1.16.6, common-http/rest_api_client.js: only the status determines the class, except for 404.
const BY_STATUS: Readonly<Record<number, ErrorClass>> = {
  400: errors.ArgumentError,
  401: errors.UnauthorizedError,
  403: errors.TooManyDevicesError,
  408: errors.DeviceTimeoutError,
  409: errors.DeviceAlreadyExistsError,
  412: errors.InvalidEtagError,
  429: errors.ThrottlingError,
  500: errors.InternalServerError,
  502: errors.BadDeviceResponseError,
  503: errors.ServiceUnavailableError,
  504: errors.GatewayTimeoutError,
};

const NOT_FOUND: Readonly<Record<string, ErrorClass>> = {
  DeviceNotFound: errors.DeviceNotFoundError,
  IotHubNotFound: errors.IotHubNotFoundError,
} satisfies Partial<Record<ErrorCode, ErrorClass>>;

/** The error for an HTTP error response, which it contains in `response` and `responseBody`. */
export const httpError = (response: HttpResponse, body: string): HttpError => {
  const refusal = readRefusal(body);
  const message = refusal?.message ?? `Error: ${body}`;
  const error: HttpError = errorOf(response.statusCode, message, refusal?.code);
  return Object.assign(error, { response, responseBody: body });
};

const errorOf = (status: number, message: string, code: string | undefined): Error => {
  if (status !== 404) return new (BY_STATUS[status] ?? Error)(message);
  const NotFound = code === undefined ? undefined : NOT_FOUND[code];
  return NotFound ? new NotFound(message) : new Error('Not found');
};

/** `{"Message":"ErrorCode:DeviceNotFound;text"}` */
const readRefusal = (body: string): { code: string; message: string } | undefined => {
  const text = messageOf(body);
  const [head, message] = text?.split(';') ?? [];
  const code = head?.split(':')[1];
  return code && message ? { code, message } : undefined;
};

const messageOf = (body: string): string | undefined => {
  try {
    const answer: unknown = JSON.parse(body);
    return isObject(answer) && typeof answer.Message === 'string' ? answer.Message : undefined;
  } catch {
    return undefined;
  }
};
