import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import type { View, Watcher } from '../table.ts';
import type { CollectionName, Path } from './ast.ts';
import type { Reader } from './evaluate.ts';

/** Rows in slots, as queries see them: a table, or a table seen late. */
export interface Rows<R> {
  readonly size: number;
  /** One more than the highest slot in use. */
  readonly end: number;
  at(slot: number): R | undefined;
  slotOf(key: string): number | undefined;
  /** True where rows may lie under keys that slotOf does not know, because they are seen late. */
  readonly isBehind?: boolean;
  view(): View<R>;
  watch(watcher: Watcher<R>): () => void;
}

/** What queries are made of: rows, how to read a path in one, how to write one out. */
export interface Collection<R> {
  readonly name: CollectionName;
  /** The `x-ms-item-type` of whole rows. */
  readonly itemType: 'Twin' | 'DeviceJob';
  readonly table: Rows<R>;
  /** The path whose value is the table's key, if there is one. */
  readonly key?: Path;
  /** Made once per query; own members only. Paths come with the hub's own names in the hub's case. */
  reader(path: Path): Reader<R>;
  /** The whole document, for SELECT *. */
  render(row: R): JsonObject;
}

/** Reads `path` below a document; own members of objects only. */
export const memberReader = (path: Path): ((document: Json | undefined) => Json | undefined) => {
  const [first, second, third, ...more] = path;
  if (first === undefined) return (document) => document;
  if (!path.every(isUnshared) || more.length > 0) return carefulReader(path);
  // a full scan spends its time here: what is not there is undefined, whatever stands in its place
  if (second === undefined) return (document) => open(document)?.[first];
  if (third === undefined) return (document) => open(open(document)?.[first])?.[second];
  return (document) => open(open(open(document)?.[first])?.[second])?.[third];
};

/** JSON of any kind as something to look a name up in that no kind of value has by itself. */
const open = (value: Json | undefined): JsonObject | null | undefined => value as JsonObject | null | undefined; // see isUnshared

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

const carefulReader =
  (path: Path): ((document: Json | undefined) => Json | undefined) =>
  (document) => {
    let value = document;
    for (const name of path) {
      if (!isObject(value)) return undefined;
      value = own(value, name);
    }
    return value;
  };
