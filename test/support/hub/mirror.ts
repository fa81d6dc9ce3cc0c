import type { HubChange } from '../../../emulator/hub/changes.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Json } from '../../../protocol/json.ts';

/** Fills `to` with what `from` tells, as text: the two share no object. Returns the way to stop. */
export const mirror = (from: Hub, to: Hub): (() => void) => from.changes.listen((change) => take(from, to, change));

/** Fills `to` with all rows of `from`, the last ones first: any order will do. */
export const copyRows = (from: Hub, to: Hub): void => {
  for (const change of [...from.changes.entries()].reverse()) take(from, to, change);
};

/** All rows of a hub in their order, space by space, with the names of their members. */
export const rowsOf = (hub: Hub): Json =>
  JSON.parse(
    JSON.stringify(
      hub.changes.spaces.map(({ name, entries, toNamedJson }) => [
        name,
        Array.from(entries(), ({ key, value, place }) => ({
          key,
          value: toNamedJson(value),
          // elsewhere places only say which row is older
          ...(TABLES.includes(name) ? { place } : {}),
        })),
      ]),
    ),
  );

/** The same without the earlier versions of twins, which begin with the hub: a fork and a snapshot have none. */
export const rowsOfPresent = (hub: Hub): Json[] =>
  (rowsOf(hub) as [string, Json][]).filter(([space]) => !HISTORY.includes(space));

const HISTORY = ['history', 'history-since'];

const TABLES = ['devices', 'modules', 'job-rows'];

const take = (from: Hub, to: Hub, { space: name, key, value, place }: HubChange): void => {
  const { toJson, fromJson } = from.changes.space(name);
  const copy = value === undefined ? undefined : fromJson(JSON.parse(JSON.stringify(toJson(value))));
  to.changes.space(name).load({ key, value: copy, place });
};
