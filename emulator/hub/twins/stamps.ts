import { isObject, type Json, type JsonObject, put } from '../../../protocol/json.ts';

/**
 * The same `$metadata`, in which equal stamps are one object. Most stamps of a twin are equal, and they take most of its
 * memory.
 */
export const sharingStamps = (metadata: JsonObject, stamps = new Map<string, JsonObject>()): JsonObject => {
  const shared: Record<string, Json> = { ...metadata };
  for (const key of Object.keys(metadata)) {
    const value = metadata[key];
    if (!isObject(value)) continue;
    const name = nameOfStamp(value);
    const known = name === undefined ? sharingStamps(value, stamps) : (stamps.get(name) ?? value);
    if (name !== undefined) stamps.set(name, known);
    put(shared, key, known);
  }
  return shared;
};

/** Time and version of a stamp as text; undefined for an object that is more than a stamp. */
const nameOfStamp = (value: JsonObject): string | undefined => {
  const [first, second, third] = Object.keys(value);
  const { $lastUpdated: at, $lastUpdatedVersion: version } = value;
  if (first !== '$lastUpdated' || typeof at !== 'string' || third !== undefined) return undefined;
  if (second === undefined) return at;
  return second === '$lastUpdatedVersion' && typeof version === 'number' ? `${at} ${version}` : undefined;
};
