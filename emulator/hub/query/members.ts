import { isObject, type Json, own } from '../../../protocol/json.ts';
import type { Path } from './ast.ts';

export type MemberReader = (document: Json | undefined) => Json | undefined;

/** Readers kept for the next query that names the same path. */
const KEPT = 512;
// biome-ignore lint/suspicious/noExplicitAny: of whatever rows the code in the key is for
const kept = new Map<string, (row: any) => Json | undefined>();

/** Reads `path` below a document; own members of objects only, what is not there is undefined. */
export const memberReader = (path: Path): MemberReader =>
  path.length === 0 ? itself : readerBelow({ read: itself, code: '' }, path);

/** The way from a row to a document, as a function and as the same in code of ours: `.twin.tags`. */
export interface Root<R> {
  readonly read: (row: R) => Json | undefined;
  readonly code: string;
}

/** Reads `path` below the document that a row has; else like `memberReader`. */
export const readerBelow = <R>({ read, code }: Root<R>, path: Path): ((row: R) => Json | undefined) => {
  const careful = carefulReader(path);
  if (!path.every(isUnshared)) return (row) => careful(read(row));
  const key = JSON.stringify([code, path]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const reader = fastReader(code, path) ?? ((row: R) => careful(read(row)));
  if (kept.size === KEPT) kept.clear();
  kept.set(key, reader);
  return reader;
};

const itself = (document: Json | undefined): Json | undefined => document;

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
const fastReader = <R>(code: string, path: Path): ((row: R) => Json | undefined) | undefined => {
  const names = path.map((_, i) => `name${i}`);
  const members = names.map((name) => `?.[${name}]`).join('');
  try {
    return new Function(...names, `return (row) => /* ${made++} */ row${code}${members}`)(...path);
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
