import { type ErrorCode, HubError } from '../../../protocol/errors.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import type { Answer } from '../http/response.ts';

/** A header of the emulator's own: what a person should know about the answer. */
export const HINT_HEADER = 'x-iothub-emulator-hint';

/** What identifies one error answer. */
export interface Stamp {
  readonly trackingId: string;
  /** The time, in the hub's format. */
  readonly at: string;
}

/** The body of an error answer. */
type Envelope = (error: HubError, stamp: Stamp) => JsonObject;

/**
 * The answer for an error of the hub; most codes have the plain body. `reachesDevice`: of a call that goes to a device.
 * https://learn.microsoft.com/azure/iot-hub/troubleshoot-error-codes
 */
export const errorAnswer = (error: HubError, stamp: Stamp, reachesDevice = false): Answer => ({
  status: error.status,
  headers: {
    'iothub-errorcode': error.code,
    // observed 2026-08 on a live hub: it closes throttled connections, and sends no Retry-After
    ...(error.status === 429 ? { connection: 'close' } : {}),
    ...(error.hint === undefined ? {} : { [HINT_HEADER]: headerText(error.hint) }),
  },
  body: { json: envelopeOf(error.code, reachesDevice)(error, stamp) },
});

/** The answer for a bug, without its text. */
export const bugAnswer = (stamp: Stamp): Answer =>
  errorAnswer(new HubError('ServerError', 'An internal error occurred.'), stamp);

/** The path does not exist, in the words of ASP.NET Web API. */
export const noResourceAnswer = (uri: string): Answer => ({
  status: 404,
  body: { json: { Message: `No HTTP resource was found that matches the request URI '${uri}'.` } },
});

/** The path does not accept the method, in the words of ASP.NET Web API. */
export const noMethodAnswer = (method: string, allowed: readonly string[]): Answer => ({
  status: 405,
  headers: { allow: allowed.join(', ') },
  body: { json: { Message: `The requested resource does not support http method '${method}'.` } },
});

const plain: Envelope = (error, { trackingId }) => ({
  Message: `ErrorCode:${error.code};${error.text}`,
  ExceptionMessage: `Tracking ID:${trackingId}`,
});

const flat: Envelope = (error, { trackingId, at }) => ({
  errorCode: error.number,
  message: error.text,
  trackingId,
  timestampUtc: at,
});

// errors on the way to a device: JSON as text inside of the plain body
const nested: Envelope = (error, { trackingId, at }) => ({
  Message: JSON.stringify({
    errorCode: error.number,
    message: error.text,
    trackingId,
    timestampUtc: at,
    info: error.info ?? null,
  }),
  ExceptionMessage: '',
});

/** The whole answer of another service inside of the text; the tracking id stays empty. */
const relayed: Envelope = (error, { at }) => {
  const [date = '', time = ''] = at.slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  return {
    Message:
      `ErrorCode:${error.code};Error: ${error.status} ErrorCode: ${error.code}\nMessage: ${error.text}\n` +
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

/** What a call to a device adds. https://github.com/Azure/azure-iot-sdk-csharp/issues/724 has the first one in full. */
const ENVELOPES_OF_CALLS: typeof ENVELOPES = {
  ArgumentInvalid: nested,
  DeviceNotFound: nested,
  ModuleNotFound: nested,
  DeviceMaximumInflightMethodExceeded: nested,
};

const envelopeOf = (code: ErrorCode, reachesDevice: boolean): Envelope =>
  (reachesDevice ? ENVELOPES_OF_CALLS[code] : undefined) ?? ENVELOPES[code] ?? plain;

const HEADER_BYTES = 1024;

/** Makes a text fit for a header: characters beyond printable ASCII are escaped as in JSON. */
const headerText = (text: string): string =>
  text
    .slice(0, HEADER_BYTES)
    .replace(/[^\x20-\x7e]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, HEADER_BYTES);
