import type { CollectionName } from '../../../emulator/hub/query/ast.ts';
import type { Collection } from '../../../emulator/hub/query/collection.ts';
import { memberReader } from '../../../emulator/hub/query/members.ts';
import { Table } from '../../../emulator/kernel/table.ts';
import type { JsonObject } from '../../../protocol/json.ts';

/** A collection of plain documents; the n-th has the key n. */
export const documents = (
  name: CollectionName,
  rows: readonly JsonObject[],
): Collection<JsonObject> & { readonly table: Table<JsonObject> } => {
  const table = new Table<JsonObject>();
  rows.forEach((row, i) => {
    table.set(String(i), row);
  });
  return {
    name,
    itemType: name === 'devices.jobs' ? 'DeviceJob' : 'Twin',
    table,
    reader: memberReader,
    render: (row) => row,
  };
};
