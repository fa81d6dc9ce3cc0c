import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';

export type Path = readonly string[];

/** A value at the end of a path; empty objects and arrays count as values. */
export interface Leaf {
  readonly path: Path;
  readonly value: Json;
}

/** All leaves, names that start with `$` left out: those are the hub's own. */
export const leavesOf = (value: Json | undefined, path: Path = []): Leaf[] => {
  if (value === undefined) return [];
  if (!isObject(value)) return [{ path, value }];
  const names = Object.keys(value).filter((name) => !name.startsWith('$'));
  if (names.length === 0 && path.length > 0) return [{ path, value: {} }];
  return names.flatMap((name) => leavesOf(value[name], [...path, name]));
};

export const valueAt = (value: Json | undefined, path: Path): Json | undefined =>
  path.reduce<Json | undefined>(
    (found, name) => (isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined),
    value,
  );

/** A path as a query writes it. */
export const pathText = (path: Path): string =>
  path.map((name) => (/^[A-Za-z_][\w-]*$/.test(name) ? name : `[[${name}]]`)).join('.');

export interface Change {
  readonly path: Path;
  /** Undefined if the path is new. */
  readonly before: Json | undefined;
  /** Undefined if the path is gone. */
  readonly after: Json | undefined;
}

/** What differs, leaf by leaf, in the order of `after`. */
export const changesBetween = (before: Json | undefined, after: Json | undefined): Change[] => {
  const old = new Map(leavesOf(before).map((leaf) => [keyOf(leaf.path), leaf]));
  const changes: Change[] = [];
  for (const { path, value } of leavesOf(after)) {
    const was = old.get(keyOf(path));
    old.delete(keyOf(path));
    if (was === undefined || !sameJson(was.value, value)) changes.push({ path, before: was?.value, after: value });
  }
  for (const { path, value } of old.values()) changes.push({ path, before: value, after: undefined });
  return changes;
};

/** Names may hold any character, so a path is told from others by its JSON text. */
export const keyOf = (path: Path): string => JSON.stringify(path);

export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
};

/** What the hub makes of `target` and a patch: null deletes, objects merge. */
export const merged = (target: JsonObject, patch: JsonObject): JsonObject => {
  const entries = new Map<string, Json>(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    const old = entries.get(name);
    if (value === null) entries.delete(name);
    else entries.set(name, isObject(value) ? merged(isObject(old) ? old : {}, value) : value);
  }
  return Object.fromEntries(entries);
};

/** Without the hub's own members such as `$metadata`. */
export const plainSection = (section: object | undefined): JsonObject =>
  Object.fromEntries(Object.entries(section ?? {}).filter(([name]) => !name.startsWith('$')));
