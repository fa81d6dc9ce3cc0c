import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import type { Answer } from '../http/answer.ts';

/** What makes an error answer findable. */
export interface Stamp {
  readonly trackingId: string;
  /** As the hub writes times. */
  readonly at: string;
}

type Envelope = (error: HubError, stamp: Stamp) => JsonObject;

/**
 * How REST says a refusal; most codes are said plainly.
 * https://learn.microsoft.com/azure/iot-hub/troubleshoot-error-codes
 */
export const sayRefusal = (error: HubError, stamp: Stamp): Answer => ({
  status: error.status,
  headers: {
    'iothub-errorcode': error.code,
    // observed 2026-08 on a live hub: whoever is throttled loses the connection, and is not told when to come again
    ...(error.status === 429 ? { connection: 'close' } : {}),
    ...(error.hint === undefined ? {} : { 'x-iothub-emulator-hint': headerText(error.hint) }),
  },
  body: { json: (ENVELOPES[error.code] ?? plain)(error, stamp) },
});

/** How REST says that something here is broken: without telling what. */
export const sayBug = (stamp: Stamp): Answer =>
  sayRefusal(new HubError('ServerError', 'An internal error occurred.'), stamp);

/** No such path, as ASP.NET Web API says it. */
export const sayNoResource = (uri: string): Answer => ({
  status: 404,
  body: { json: { Message: `No HTTP resource was found that matches the request URI '${uri}'.` } },
});

/** A known path, but not by this method; as ASP.NET Web API says it. */
export const sayNoMethod = (method: string, allowed: readonly string[]): Answer => ({
  status: 405,
  headers: { allow: allowed.join(', ') },
  body: { json: { Message: `The requested resource does not support http method '${method}'.` } },
});

const plain: Envelope = (error, { trackingId }) => ({
  Message: `ErrorCode:${error.code};${error.message}`,
  ExceptionMessage: `Tracking ID:${trackingId}`,
});

const flat: Envelope = (error, { trackingId, at }) => ({
  errorCode: error.number,
  message: error.message,
  trackingId,
  timestampUtc: at,
});

// what went wrong on the way to a device comes as a text inside the plain envelope
const nested: Envelope = (error, { trackingId, at }) => ({
  Message: JSON.stringify({
    errorCode: error.number,
    message: error.message,
    trackingId,
    timestampUtc: at,
    info: error.info ?? null,
  }),
  ExceptionMessage: '',
});

/** A whole answer of another service inside the text; the tracking id stays empty. */
const relayed: Envelope = (error, { at }) => {
  const [date = '', time = ''] = at.slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  return {
    Message:
      `ErrorCode:${error.code};Error: ${error.status} ErrorCode: ${error.code}\nMessage: ${error.message}\n` +
      `Timestamp: ${month}/${day}/${year} ${time}\nTracking ID: `,
    ExceptionMessage: '',
  };
};

const ENVELOPES: Readonly<Partial<Record<ErrorCode, Envelope>>> = {
  ModuleAlreadyExistsOnDevice: flat,
  DeviceNotOnline: nested,
  DeviceConnectionClosedRemotely: nested,
  GatewayTimeout: nested,
  InvalidResponseWhileProxying: nested,
  JobQuotaExceeded: relayed,
};

const HEADER_BYTES = 1024;

/** Any text as a header: what is not printable ASCII is escaped as in JSON. */
const headerText = (text: string): string =>
  text
    .slice(0, HEADER_BYTES)
    .replace(/[^\x20-\x7e]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, HEADER_BYTES);
