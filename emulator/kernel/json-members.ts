import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';

/** The text under `key`, if there is one. */
export const textIn = (object: JsonObject, key: string): string | undefined => {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
};

/** The number under `key`, if there is one. */
export const numberIn = (object: JsonObject, key: string): number | undefined => {
  const value = own(object, key);
  return typeof value === 'number' ? value : undefined;
};

/** The object under `key`, if there is one. */
export const findObject = (object: JsonObject, key: string): JsonObject | undefined => {
  const value = own(object, key);
  return isObject(value) ? value : undefined;
};

/** The object under `key`, an empty one if there is none. */
export const objectIn = (object: JsonObject, key: string): JsonObject => findObject(object, key) ?? {};

/** The members of `names` that are there and not null. */
export const pick = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = own(object, name);
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
