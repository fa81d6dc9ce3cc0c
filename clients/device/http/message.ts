import { isDate } from 'node:util/types';
import { APPLICATION_PREFIX, HEADER_NAMES } from '../../../protocol/message-headers.ts';
import { ArgumentError } from '../../shared/errors.ts';
import { Message } from '../../shared/message.ts';
import type { HttpResponse } from '../../shared/results.ts';

type Headers = Record<string, string>;

/** The system properties that are fields of `Message`; azure-iot-device-http 1.14, http.js. */
const FIELDS = [
  'iothub-messageid',
  'iothub-correlationid',
  'iothub-userid',
  'iothub-to',
  'iothub-expiry',
  'iothub-ack',
  'iothub-contenttype',
  'iothub-contentencoding',
  'iothub-interface-id',
] as const satisfies readonly (keyof typeof HEADER_NAMES)[];

const COMPONENT = 'dt-subject';

/** The properties of a message as headers. Throws ArgumentError if a header cannot have one of them. */
export const headersOf = (message: Message): Headers => {
  const headers = namedProperties(message);
  for (const [name, value] of Object.entries(headers)) check(name, value);
  return headers;
};

/** The body of a request that sends several messages. */
export const batchOf = (messages: readonly Message[]): string =>
  JSON.stringify(
    messages.map((message) => ({
      body: message.getBytes().toString('base64'),
      properties: namedProperties(message),
    })),
  );

/** The message of an answer. Its properties are named as the headers, as azure-iot-http-base 1.12 names them. */
export const messageFrom = ({ headers }: HttpResponse, body: Buffer): Message => {
  const message = new Message(body);
  for (const name of FIELDS) {
    const value = headers[name];
    if (typeof value === 'string') message[HEADER_NAMES[name]] = value;
  }
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith(APPLICATION_PREFIX)) message.properties.add(name, String(value));
  message.lockToken = String(headers.etag ?? '').slice(1, -1); // it is in quotes
  return message;
};

const namedProperties = (message: Message): Headers => {
  const headers: Headers = {};
  for (const { key, value } of message.properties.propertyList)
    headers[key === COMPONENT ? key : `${APPLICATION_PREFIX}${key}`] = String(value);
  for (const name of FIELDS) {
    const value = message[HEADER_NAMES[name]];
    if (value) headers[name] = isDate(value) ? value.toISOString() : String(value);
  }
  return headers;
};

// https://www.rfc-editor.org/rfc/rfc9110#section-5.5 and #section-5.6.2
const check = (name: string, value: string): void => {
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name))
    throw new ArgumentError(`An HTTP header cannot be named '${name}'; use letters and digits in names of properties`);
  if (!/^[\t\x20-\x7e]*$/.test(value))
    throw new ArgumentError(
      `The HTTP header '${name}' can have printable ASCII only; encode its value, as with encodeURIComponent`,
    );
};
