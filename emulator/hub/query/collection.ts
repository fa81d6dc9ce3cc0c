import type { JsonObject } from '../../../protocol/json.ts';
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
