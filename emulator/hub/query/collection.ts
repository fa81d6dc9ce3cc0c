import type { JsonObject } from '../../../protocol/json.ts';
import type { View, Watcher } from '../../kernel/table.ts';
import type { CollectionName, Path } from './ast.ts';
import type { Reader } from './evaluate.ts';
import type { Prefetch } from './prefetch.ts';

/** Rows in slots, as queries see them: a table, or a delayed copy of one (`--index`). */
export interface Rows<R> {
  readonly size: number;
  /** One more than the highest slot in use. */
  readonly end: number;
  at(slot: number): R | undefined;
  slotOf(key: string): number | undefined;
  /** True if a delayed copy may have rows whose keys `slotOf` does not find. */
  readonly isBehind?: boolean;
  view(): View<R>;
  watch(watcher: Watcher<R>): () => void;
}

/** A collection that queries can name: its rows, how to read a path of a row, how to render a row. */
export interface Collection<R> {
  readonly name: CollectionName;
  /** The `x-ms-item-type` of SELECT *. */
  readonly itemType: 'Twin' | 'DeviceJob';
  readonly table: Rows<R>;
  /** The path whose value is the key of the table, if there is one. */
  readonly key?: Path;
  /** Made once per query; reads own properties only. In `path`, the hub's own names are in the hub's case. */
  reader(path: Path): Reader<R>;
  /** Reads these paths of many rows ahead of a scan that reads them row by row, if that makes the scan faster. */
  prefetch?(paths: readonly Path[]): Prefetch<R> | undefined;
  /** The whole document, as SELECT * returns it. */
  render(row: R): JsonObject;
  /** The whole document as JSON text, if some of its numbers are kept as they were sent. */
  write?(row: R): string;
}
