import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Codec } from '../../kernel/change-feed.ts';
import type { Member } from '../fleet/member.ts';
import { memberChanges } from '../fleet/member-change.ts';
import { memberJson } from '../fleet/member-json.ts';
import type { Actor } from './actors.ts';
import type { Version } from './version.ts';
import { VersionList } from './version-list.ts';

/** A version by place; its row as a whole, as what has changed since the version before, or null if it was deleted. */
type VersionJson = readonly [
  event: number,
  at: number,
  bytes: number,
  kind: Actor['kind'],
  id: string | null,
  row: { readonly whole: Json } | { readonly change: Json } | null,
];

/** The number of the first version, the event of the latest, bytes of those before it, and all of them. */
type ListJson = readonly [number: number, event: number, bytes: number, ...VersionJson[]];

/** The versions of an id as JSON: one of them is what has changed since the one before. */
export const versionsJson: Codec<VersionList> = {
  version: 1,
  toJson: (list) => {
    const json: ListJson = [list.first?.number ?? 1, list.event, list.bytes, ...written(list.versions, undefined)];
    return json as unknown as Json; // plain data
  },
  fromJson: (json) => {
    const [number, event, bytes, ...versions] = json as unknown as ListJson; // written by toJson
    return VersionList.later({ size: versions.length, event, bytes }, () =>
      read(versions, { number, before: undefined }),
    );
  },
  changes: {
    toJson: (before, after) => {
      const made = after.since(before);
      if (made === undefined) return { whole: versionsJson.toJson(after) };
      return { dropped: made.dropped, added: written(made.added, before.row) as unknown as Json }; // plain data
    },
    apply: (before, json) => {
      const { whole, dropped, added } = json as JsonObject & { readonly added: readonly VersionJson[] }; // written by toJson
      if (whole !== undefined) return versionsJson.fromJson(whole);
      const versions = read(added, { number: (before.last?.number ?? 0) + 1, before: before.row });
      return versions.reduce((list, version) => list.with(version), before).withoutOldest(Number(dropped));
    },
  },
};

const written = (versions: readonly Version[], before: Member | undefined): VersionJson[] => {
  let member = before;
  return versions.map((version) => {
    const { event, at, bytes, by } = version;
    const row = rowJson(member, version.member);
    member = version.member;
    return [event, at, bytes, by.kind, by.id ?? null, row];
  });
};

const rowJson = (before: Member | undefined, after: Member | undefined): VersionJson[5] => {
  if (after === undefined) return null;
  return before === undefined ? { whole: memberJson.toJson(after) } : { change: memberChanges.toJson(before, after) };
};

const read = (
  versions: readonly VersionJson[],
  { number, before }: { readonly number: number; readonly before: Member | undefined },
): Version[] => {
  let member = before;
  return versions.map(([event, at, bytes, kind, id, row], index) => {
    member = rowFrom(member, row);
    return { number: number + index, event, at, by: id === null ? { kind } : { kind, id }, member, bytes };
  });
};

const rowFrom = (before: Member | undefined, row: VersionJson[5]): Member | undefined => {
  if (row === null) return undefined;
  if ('whole' in row) return memberJson.fromJson(row.whole);
  if (before === undefined) throw new Error('A version of a twin cannot be read.');
  return memberChanges.apply(before, row.change);
};
