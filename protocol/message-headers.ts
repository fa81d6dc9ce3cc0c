import { put } from './json.ts';
import type { Message, MessageProperties } from './message.ts';

/**
 * System properties in the headers of HTTP requests and responses. Names are in lower case.
 * https://learn.microsoft.com/rest/api/iothub/device/send-device-event
 */
export const HEADER_NAMES = {
  'iothub-messageid': 'messageId',
  'iothub-correlationid': 'correlationId',
  'iothub-userid': 'userId',
  'iothub-to': 'to',
  'iothub-expiry': 'expiryTimeUtc',
  'iothub-ack': 'ack',
  'iothub-contenttype': 'contentType',
  'iothub-contentencoding': 'contentEncoding',
  'iothub-creation-time-utc': 'creationTimeUtc',
  'iothub-interface-id': 'interfaceId',
  'dt-subject': 'componentName',
} as const satisfies Record<string, keyof MessageProperties>;

/** The rest of the name is that of an application property. */
export const APPLICATION_PREFIX = 'iothub-app-';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The message of a request: the names of its headers in any case; application properties keep theirs. */
export const messageFromHeaders = (headers: Headers, body: Uint8Array): Message => {
  const system: Record<string, string> = {};
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    const lower = name.toLowerCase();
    if (isKnown(lower)) system[HEADER_NAMES[lower]] = value;
    else if (lower.startsWith(APPLICATION_PREFIX)) put(properties, name.slice(APPLICATION_PREFIX.length), value);
  }
  return { body, properties, system };
};

/**
 * The headers of a message. Characters that a header cannot have, and `%` beside them, are percent-encoded: a value of
 * printable ASCII stays as it is.
 */
export const headersOfMessage = ({ properties, system }: Message): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(HEADER_NAMES)) {
    const value = system[property];
    if (value !== undefined) headers[name] = headerValue(value);
  }
  for (const [name, value] of Object.entries(properties)) headers[APPLICATION_PREFIX + name] = headerValue(value);
  return headers;
};

const headerValue = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

const isKnown = (name: string): name is keyof typeof HEADER_NAMES => Object.hasOwn(HEADER_NAMES, name);
