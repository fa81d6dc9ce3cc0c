import { HubError } from '../../../protocol/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import type { Message } from '../../../protocol/message.ts';
import { messageFromHeaders } from '../../../protocol/message-headers.ts';
import { json } from './route.ts';

/** The content type of a request that sends several messages. */
export const BATCH_TYPE = 'application/vnd.microsoft.iothub.json';

/**
 * Reads the messages of a batch, an array of `{ body, base64Encoded?, properties? }`. The body is base64 unless
 * `base64Encoded` is false; properties have the names of headers. Throws ArgumentInvalid.
 * https://github.com/Azure/azure-iot-sdk-c/blob/main/iothub_client/devdoc/iothubtransporthttp_requirements.md
 */
export const readBatch = (bytes: Buffer): Message[] => {
  const items = json(bytes);
  if (!Array.isArray(items)) throw invalid('The body of a batch must be a JSON array.');
  return items.map(readItem);
};

const readItem = (item: Json, index: number): Message => {
  if (!isObject(item)) throw invalid(`Message ${index} of the batch is not an object.`);
  return messageFromHeaders(propertiesOf(item, index), bodyOf(item, index));
};

const bodyOf = (item: JsonObject, index: number): Uint8Array => {
  const body = own(item, 'body');
  if (typeof body !== 'string') throw invalid(`Message ${index} of the batch has no body.`);
  if (own(item, 'base64Encoded') === false) return Buffer.from(body, 'utf8');
  if (!BASE64.test(body)) throw invalid(`The body of message ${index} of the batch is not base64.`);
  return Buffer.from(body, 'base64');
};

const propertiesOf = (item: JsonObject, index: number): Record<string, string> => {
  const properties = own(item, 'properties') ?? {};
  if (isObject(properties) && Object.values(properties).every((value) => typeof value === 'string'))
    return properties as Record<string, string>; // every value was checked
  throw invalid(`The properties of message ${index} of the batch are not texts.`);
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const invalid = (text: string): HubError => new HubError('ArgumentInvalid', text);
