import { isObject, type Json, own } from '../../../protocol/json.ts';
import type { Path } from './ast.ts';

export type MemberReader = (document: Json | undefined) => Json | undefined;

/** Readers kept for the next query that names the same path. */
const KEPT = 512;
const kept = new Map<string, MemberReader>();

/** Reads `path` below a document; own members of objects only, what is not there is undefined. */
export const memberReader = (path: Path): MemberReader => {
  if (path.length === 0) return (document) => document;
  if (!path.every(isUnshared)) return carefulReader(path);
  const key = JSON.stringify(path);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const reader = fastReader(path) ?? carefulReader(path);
  if (kept.size === KEPT) kept.clear();
  kept.set(key, reader);
  return reader;
};

/** True for names that neither strings, numbers and booleans nor bare objects and arrays have. */
const isUnshared = (name: string): boolean =>
  !/^\d+$/.test(name) && PROTOTYPES.every((prototype) => !(name in prototype));

const PROTOTYPES: readonly object[] = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
];

let made = 0;

/**
 * A function with code of its own: V8 then remembers where in a document this path leads, which closures over one code
 * cannot have, and a full scan takes half as long. Names come in as parameters: nothing of a query becomes code.
 */
const fastReader = (path: Path): MemberReader | undefined => {
  const names = path.map((_, i) => `name${i}`);
  const members = names.map((name) => `?.[${name}]`).join('');
  try {
    return new Function(...names, `return (document) => /* ${made++} */ document${members}`)(...path);
  } catch {
    return undefined; // where Node was told to make no code from text
  }
};

const carefulReader =
  (path: Path): MemberReader =>
  (document) => {
    let value = document;
    for (const name of path) {
      if (!isObject(value)) return undefined;
      value = own(value, name);
    }
    return value;
  };
