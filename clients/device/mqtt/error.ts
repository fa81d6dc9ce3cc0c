import * as errors from '../../shared/errors.ts';

// azure-iot-mqtt-base 1.13, mqtt_translate_error.js; the codes are CONNACK's (MQTT 3.1.1, table 3.1).
const BY_CONNACK: Readonly<Record<number, new (message: string) => Error>> = {
  1: errors.NotImplementedError,
  2: errors.UnauthorizedError,
  3: errors.ServiceUnavailableError,
  4: errors.UnauthorizedError,
  5: errors.UnauthorizedError,
};

const BY_TEXT: readonly (readonly [string, new (message: string) => Error])[] = [
  ['Invalid topic', errors.FormatError],
  ['unrecognized packet type', errors.InternalServerError],
  ['premature close', errors.NotConnectedError],
  ['client disconnecting', errors.NotConnectedError],
  ['No connection to broker', errors.NotConnectedError],
  ['Connection closed', errors.NotConnectedError],
  ['Keepalive timeout', errors.NotConnectedError],
  ['connack timeout', errors.NotConnectedError],
];

const OURS = new Set<unknown>(Object.values(errors));

/** An error of mqtt.js or of a socket as one of `errors`, with the original in `transportError`. */
export const mqttError = (error: Error & { code?: unknown }): Error => {
  if (OURS.has(error.constructor)) return error;
  const text = `mqtt.js returned ${error.message} error`;
  const translated = error.code === undefined ? byText(error, text) : byCode(error, text);
  return translated === error ? error : Object.assign(translated, { transportError: error });
};

const byCode = (error: Error & { code?: unknown }, text: string): Error => {
  const Known = typeof error.code === 'number' ? BY_CONNACK[error.code] : undefined;
  return Known ? new Known(text) : new errors.NotConnectedError(error.message);
};

const byText = (error: Error, text: string): Error => {
  const known = BY_TEXT.find(([part]) => error.message.includes(part));
  return known ? new known[1](text) : error;
};
