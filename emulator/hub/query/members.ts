import { isObject, type Json, own } from '../../../protocol/json.ts';
import type { Path } from './ast.ts';

export type MemberReader = (document: Json | undefined) => Json | undefined;

/** Readers cached for the next query that names the same path. */
const CACHED = 512;
// biome-ignore lint/suspicious/noExplicitAny: the key tells which kind of rows a reader is for
const cache = new Map<string, (row: any) => Json | undefined>();

/** Makes a function that reads `path` in a document: own properties of objects only, undefined if it is missing. */
export const memberReader = (path: Path): MemberReader =>
  path.length === 0 ? identity : readerBelow({ read: identity, code: '' }, path);

/** How to get from a row to a document: as a function, and as the code of the same: `.twin.tags`. */
export interface Root<R> {
  readonly read: (row: R) => Json | undefined;
  readonly code: string;
}

/** Like `memberReader`, for the document that `root` reads in a row. */
export const readerBelow = <R>({ read, code }: Root<R>, path: Path): ((row: R) => Json | undefined) => {
  const careful = carefulReader(path);
  if (path.some(isInherited)) return (row) => careful(read(row));
  const key = JSON.stringify([code, path]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const reader = fastReader(code, path) ?? ((row: R) => careful(read(row)));
  if (cache.size === CACHED) cache.clear();
  cache.set(key, reader);
  return reader;
};

const identity = (document: Json | undefined): Json | undefined => document;

/** True for names that also lead somewhere in a string, a number, a boolean, an array or an empty object. */
export const isInherited = (name: string): boolean =>
  /^\d+$/.test(name) || PROTOTYPES.some((prototype) => name in prototype);

const PROTOTYPES: readonly object[] = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
];

let made = 0;

/**
 * A function with code of its own: V8 then remembers where this path is in a document, which it cannot for closures that
 * share their code, and a full scan takes half as long. Names are parameters: no text of a query becomes code.
 */
const fastReader = <R>(code: string, path: Path): ((row: R) => Json | undefined) | undefined => {
  const names = path.map((_, i) => `name${i}`);
  const members = names.map((name) => `?.[${name}]`).join('');
  try {
    return new Function(...names, `return (row) => /* ${made++} */ row${code}${members}`)(...path);
  } catch {
    return undefined; // Node runs with --disallow-code-generation-from-strings
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
