import { HubError } from '../../protocol/errors.ts';
import type { Json } from '../../protocol/json.ts';
import { isTextTooDeep } from '../kernel/json-depth.ts';
import { type JsonText, jsonTextOf, readJson, readJsonText } from '../kernel/json-text.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON in a message of a device. Throws IotHubFormatError. */
export const parseJson = (bytes: Uint8Array): Json => {
  try {
    return readJson(utf8.decode(bytes));
  } catch {
    throw new HubError('IotHubFormatError', 'The body of the request is not valid JSON.');
  }
};

/** The same with its text, if that is JSON as JSON.parse reads it and not what only Json.NET does. Throws IotHubFormatError. */
export const parseReport = (bytes: Uint8Array): { readonly patch: Json; readonly text: string | undefined } => {
  try {
    const text = utf8.decode(bytes);
    return { patch: JSON.parse(text), text };
  } catch {
    return { patch: parseJson(bytes), text: undefined };
  }
};

/** The payload of a method's response: null for an empty one, undefined if it is not valid JSON. */
export const jsonIn = (bytes: Uint8Array): JsonText | undefined => {
  if (bytes.length === 0) return jsonTextOf(null);
  try {
    const read = readJsonText(utf8.decode(bytes));
    return isTextTooDeep(read) ? undefined : read;
  } catch {
    return undefined;
  }
};
