import { isObject, type Json, type JsonObject, own, put } from '../../../protocol/json.ts';

/** One entry of a configuration: a value and its path in the desired properties; an empty path means all of them. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

/** The desired properties that settings make together; a later one replaces what earlier ones have at its path. */
export const treeOf = (settings: readonly Setting[]): JsonObject =>
  settings.reduce<JsonObject>((tree, { path, value }) => placed(tree, path, value), {});

/** True if a setting of `above` replaces all of `setting`. */
export const isCovered = ({ path }: Setting, above: readonly Setting[]): boolean =>
  above.some((higher) => higher.path.every((name, i) => name === path[i]));

/** The part of `tree` that `current` lacks; null only where there is something to delete. */
export const missing = (tree: JsonObject, current: JsonObject): JsonObject => {
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(tree)) {
    const there = own(current, key);
    if (value === null) {
      if (there !== undefined) put(patch, key, null);
    } else if (isObject(value) && isObject(there)) {
      const inner = missing(value, there);
      if (Object.keys(inner).length > 0) put(patch, key, inner);
    } else if (!isSame(value, there)) put(patch, key, value);
  }
  return patch;
};

/** Null for everything in `current` that `before` has and `after` has not; values from others stay. */
export const removed = (before: JsonObject, after: JsonObject, current: JsonObject): JsonObject => {
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(before)) {
    const [next, there] = [own(after, key), own(current, key)];
    if (there === undefined || value === null) continue;
    if (isObject(value) && isObject(there) && (next === undefined || isObject(next))) {
      const inner = removed(value, next ?? {}, there);
      const all = next === undefined && Object.keys(there).every((name) => own(inner, name) === null);
      if (all) put(patch, key, null);
      else if (Object.keys(inner).length > 0) put(patch, key, inner);
    } else if (next === undefined) put(patch, key, null);
  }
  return patch;
};

const placed = (tree: JsonObject, path: readonly string[], value: Json): JsonObject => {
  const [key, ...rest] = path;
  if (key === undefined) return isObject(value) ? value : tree;
  const copy: Record<string, Json> = { ...tree };
  const inner = own(copy, key);
  put(copy, key, rest.length === 0 ? value : placed(isObject(inner) ? inner : {}, rest, value));
  return copy;
};

const isSame = (a: Json, b: Json | undefined): boolean => {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => isSame(a[key] ?? null, own(b, key)));
};
