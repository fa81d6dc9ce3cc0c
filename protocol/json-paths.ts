import { isObject, type Json } from './json.ts';

/** Names of members, outermost first. */
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
