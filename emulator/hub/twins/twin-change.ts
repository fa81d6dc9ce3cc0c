import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';

/** What a service writes into a twin; null deletes. */
export interface TwinChange {
  readonly tags?: JsonObject | null;
  readonly desired?: JsonObject | null;
}

/** The writable part of a twin document; a fetched twin may be sent back as it is. Throws ArgumentInvalid. */
export const readChange = (key: IdentityKey, body: Json): TwinChange => {
  if (!isObject(body)) throw new HubError('ArgumentInvalid', 'The twin must be a JSON object.');
  const deviceId = own(body, 'deviceId');
  if (typeof deviceId === 'string' && deviceId !== '' && deviceId !== nameOf(key).deviceId)
    throw new HubError('ArgumentInvalid', 'deviceId in the request body does not match the one in the URI.');
  const properties = own(body, 'properties');
  if (properties !== undefined && properties !== null && !isObject(properties)) throw notASection('properties');
  const tags = sectionOf(body, 'tags');
  const desired = isObject(properties) ? sectionOf(properties, 'desired') : undefined;
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(desired === undefined ? {} : { desired: desired === null ? null : withoutSystemKeys(desired) }),
  };
};

const sectionOf = (object: JsonObject, name: string): JsonObject | null | undefined => {
  const section = own(object, name);
  if (section === undefined || section === null || isObject(section)) return section;
  throw notASection(name);
};

const notASection = (name: string): HubError => new HubError('ArgumentInvalid', `'${name}' must be a JSON object.`);

/** C# sends `$metadata` and `$version` back with a fetched twin. */
const withoutSystemKeys = (desired: JsonObject): JsonObject => {
  if (!Object.hasOwn(desired, '$metadata') && !Object.hasOwn(desired, '$version')) return desired;
  return Object.fromEntries(Object.entries(desired).filter(([key]) => key !== '$metadata' && key !== '$version'));
};
