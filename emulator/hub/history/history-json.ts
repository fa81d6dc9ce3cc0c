import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Codec } from '../../kernel/change-feed.ts';
import type { Member } from '../fleet/member.ts';
import { memberChanges } from '../fleet/member-change.ts';
import { memberJson } from '../fleet/member-json.ts';
import { type PresenceJson, presenceFromJson, presenceToJson } from '../fleet/presence-json.ts';
import type { Actor } from './actors.ts';
import { Report } from './report.ts';
import type { ReportContent } from './version.ts';
import { type Kept, VersionList } from './version-list.ts';

/** A version by place. */
type VersionJson = readonly [
  event: number,
  at: number,
  bytes: number,
  kind: Actor['kind'],
  id: string | null,
  row: RowJson,
];

/** A row as a whole, as what has changed since the version before, or as what was reported; null if it was deleted. */
type RowJson = { readonly whole: Json } | { readonly change: Json } | { readonly report: ReportJson } | null;

type ReportJson = readonly [patch: JsonObject, presence: PresenceJson, pendingMessages: number, sizeBound: number];

/** The number of the first version, the event of the latest, bytes of those before it, and all of them. */
type ListJson = readonly [number: number, event: number, bytes: number, ...VersionJson[]];

/** The versions of an id as JSON: one of them is what was reported, or what has changed since the one before. */
export const versionsJson: Codec<VersionList> = {
  version: 2,
  toJson: (list) => {
    const json: ListJson = [list.first?.number ?? 1, list.event, list.bytes, ...written(list.kept, undefined)];
    return json as unknown as Json; // plain data
  },
  fromJson: (json) => {
    const [number, event, bytes, ...versions] = json as unknown as ListJson; // written by toJson
    return VersionList.later({ size: versions.length, event, bytes }, () =>
      read(versions, { number, rowBefore: () => undefined }),
    );
  },
  changes: {
    toJson: (before, after) => {
      const made = after.since(before);
      if (made === undefined) return { whole: versionsJson.toJson(after) };
      return { dropped: made.dropped, added: written(made.added, before.last) as unknown as Json }; // plain data
    },
    apply: (before, json) => {
      const { whole, dropped, added } = json as JsonObject & { readonly added: readonly VersionJson[] }; // written by toJson
      if (whole !== undefined) return versionsJson.fromJson(whole);
      const versions = read(added, { number: (before.last?.number ?? 0) + 1, rowBefore: () => before.row });
      return versions.reduce((list, version) => list.with(version), before).withoutOldest(Number(dropped));
    },
  },
};

const written = (versions: readonly Kept[], before: Kept | undefined): VersionJson[] =>
  versions.map((version, index) => {
    if (version instanceof Report) return writtenReport(version, version.report);
    const { event, at, bytes, by, member, report } = version;
    const previous = versions[index - 1] ?? before;
    if (previous !== undefined && report !== undefined) return writtenReport(version, report);
    return [event, at, bytes, by.kind, by.id ?? null, rowJson(previous, member)];
  });

const writtenReport = ({ event, at, bytes }: Kept, report: ReportContent): VersionJson => [
  event,
  at,
  bytes,
  'device',
  null,
  { report: reportJson(report) },
];

/** Rows share what they have in common, unless one of them is made from a report. */
const rowJson = (previous: Kept | undefined, row: Member | undefined): RowJson => {
  if (row === undefined) return null;
  const before = previous instanceof Report || previous?.report !== undefined ? undefined : previous?.member;
  return before === undefined ? { whole: memberJson.toJson(row) } : { change: memberChanges.toJson(before, row) };
};

const reportJson = ({ patch, presence, pendingMessages, sizeBound }: ReportContent): ReportJson => [
  patch,
  presenceToJson(presence),
  pendingMessages,
  sizeBound,
];

/** `rowBefore`: gives the row of the version before the first of them. */
const read = (
  versions: readonly VersionJson[],
  { number, rowBefore }: { readonly number: number; readonly rowBefore: () => Member | undefined },
): Kept[] => {
  let before = rowBefore;
  return versions.map(([event, at, bytes, kind, id, row], index) => {
    const head = { number: number + index, event, at, bytes };
    if (row !== null && 'report' in row) return new Report(head, reportFrom(row.report));
    const member = rowFrom(before, row);
    before = () => member;
    return { ...head, by: id === null ? { kind } : { kind, id }, member };
  });
};

const reportFrom = ([patch, presence, pendingMessages, sizeBound]: ReportJson): ReportContent => ({
  patch,
  presence: presenceFromJson(presence),
  pendingMessages,
  sizeBound,
});

const rowFrom = (
  before: () => Member | undefined,
  row: Exclude<RowJson, { report: ReportJson }>,
): Member | undefined => {
  if (row === null) return undefined;
  if ('whole' in row) return memberJson.fromJson(row.whole);
  const known = before();
  if (known === undefined) throw new Error('A version of a twin cannot be read.');
  return memberChanges.apply(known, row.change);
};
