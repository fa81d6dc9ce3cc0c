import { isObject, type Json, type JsonObject, own, put } from '../../../protocol/json.ts';
import { findObject } from '../../kernel/json-members.ts';

/** RFC 7396 without metadata, for tags. */
export const mergePatch = (target: JsonObject | undefined, patch: JsonObject): JsonObject => {
  const values: Record<string, Json> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete values[key];
    else if (isObject(value)) put(values, key, mergePatch(findObject(values, key), value));
    else put(values, key, value);
  }
  return values;
};

/** The patch for a device whose section was replaced: the new values, and null for each key that was removed. */
export const replacementPatch = (before: JsonObject, after: JsonObject): JsonObject => {
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(before)) {
    const next = Object.hasOwn(after, key) ? after[key] : undefined;
    if (next === undefined) put(patch, key, null);
    else put(patch, key, isObject(value) && isObject(next) ? replacementPatch(value, next) : next);
  }
  for (const [key, value] of Object.entries(after)) if (!Object.hasOwn(before, key)) put(patch, key, value);
  return patch;
};

/** Two patches in one; where both have a value, `b` wins. */
export const joined = (a: JsonObject, b: JsonObject): JsonObject => {
  const patch: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = own(patch, key);
    put(patch, key, isObject(other) && isObject(value) ? joined(other, value) : value);
  }
  return patch;
};
