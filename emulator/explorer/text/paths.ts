import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';
import { leavesOf, type Path, sameJson } from '../../../protocol/json-paths.ts';

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
