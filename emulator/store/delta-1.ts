import { isObject, type Json, type JsonObject, own, put } from '../../protocol/json.ts';

/** What makes one JSON value of another one, by member: a new value, what to change in the old one, or nothing to remove it. */
export interface Delta {
  readonly [name: string]: readonly [] | readonly [Json] | readonly [0, Delta];
}

/**
 * What makes `after` of `before`; undefined if that is `after` as a whole. Cheap for values that share what they have in common,
 * as those of rooms do. Members that are undefined count as absent.
 */
export const deltaOf = (before: JsonObject, after: JsonObject): Delta | undefined => {
  const [old, names] = [namesIn(before), namesIn(after)];
  const delta: Record<string, Delta[string]> = Object.create(null);
  let kept = 0;
  for (const name of old) {
    const is = own(after, name);
    if (is === undefined) delta[name] = [];
    else if (names[kept++] !== name)
      return undefined; // a delta leaves members where they were
    else if (own(before, name) !== is) delta[name] = changeOf(own(before, name), is);
  }
  for (const name of names.slice(kept)) delta[name] = [own(after, name) as Json]; // names have values
  return delta;
};

const changeOf = (was: Json | undefined, is: Json): Delta[string] => {
  const inner = isObject(was) && isObject(is) ? deltaOf(was, is) : undefined;
  return inner === undefined ? [is] : [0, inner];
};

/** The value that `delta` makes of `before`. */
export const withDelta = (before: JsonObject, delta: Delta): JsonObject => {
  const after: JsonObject = {};
  for (const [name, value] of Object.entries(before))
    if (!Object.hasOwn(delta, name)) put(after, name, value);
    else {
      const change = changeIn(delta, name);
      if (change.length === 1) put(after, name, change[0]);
      else if (change.length === 2) put(after, name, withDelta(isObject(value) ? value : {}, change[1]));
    }
  for (const name of Object.keys(delta)) {
    const change = changeIn(delta, name);
    if (!Object.hasOwn(before, name) && change.length === 1) put(after, name, change[0]);
  }
  return after;
};

const changeIn = (delta: Delta, name: string): Delta[string] => delta[name] ?? [];

const namesIn = (value: JsonObject): string[] => Object.keys(value).filter((name) => value[name] !== undefined);
