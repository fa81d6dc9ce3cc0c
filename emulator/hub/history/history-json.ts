import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Change, Codec, Telling } from '../../kernel/change-feed.ts';
import { LATEST, never, timestamp } from '../../kernel/clock.ts';
import { type Connection, isSameConnection, type Member } from '../fleet/member.ts';
import { memberChange, memberChanges } from '../fleet/member-change.ts';
import { memberJson } from '../fleet/member-json.ts';
import { type PresenceJson, presenceFromJson, presenceToJson } from '../fleet/presence-json.ts';
import type { Twin } from '../twins/twin.ts';
import type { Actor } from './actors.ts';
import { type Head, Report, rowAfter } from './report.ts';
import type { ReportContent, Version } from './version.ts';
import { VersionList } from './version-list.ts';
import { type Kept, UnreadVersions } from './versions.ts';

/** A version by place; one that was reported has a form of its own, and had the other one in version 2 and before. `at`: ms since 1970. */
type VersionJson = ReportedJson | FullJson;

type FullJson = readonly [
  event: number,
  at: number,
  bytes: number,
  kind: Actor['kind'],
  id: string | null,
  row: RowJson,
];

/** Without a presence, only its activity has changed since the version before. */
type ReportedJson = readonly [
  patch: JsonObject,
  event: number,
  /** A text in version 3 and before. */
  at: number | string,
  bytes: number,
  sizeBound: number,
  pendingMessages: number,
  presence?: PresenceJson,
];

/** A row as a whole, as what has changed since the version before, or as what was reported; null if it was deleted. */
type RowJson = { readonly whole: Json } | { readonly change: Json } | { readonly report: ReportJson2 } | null;

type ReportJson2 = readonly [patch: JsonObject, presence: PresenceJson, pendingMessages: number, sizeBound: number];

type ChangeJson = { readonly whole: Json } | { readonly dropped: number; readonly added: readonly VersionJson[] };

/** The number of the first version, the event of the latest, bytes of those before it, and all of them. */
type ListJson = readonly [number: number, event: number, bytes: number, ...VersionJson[]];

/** The versions of an id as JSON: one of them is what was reported, or what has changed since the one before. */
export const versionsJson: Codec<VersionList> = {
  version: 4,
  toJson: (list) => JSON.parse(listText(list)) as Json,
  toText: (list) => listText(list),
  fromJson: (json) => {
    const [number, event, bytes, ...versions] = json as unknown as ListJson; // written by listText
    const known = { event, bytes, number: number + versions.length - 1 };
    return VersionList.ofAll(new UnreadVersions(() => read(versions, number, undefined)), versions.length, known);
  },
  changes: {
    toText: (before, after) => {
      const made = after.since(before);
      if (made === undefined) return `{"whole":${listText(after)}}`;
      return `{"dropped":${made.dropped},"added":[${versionsText(made.added, before)}]}`;
    },
    apply: (before, json) => {
      const change = json as unknown as ChangeJson; // written by toText
      if ('whole' in change) return versionsJson.fromJson(change.whole);
      const versions = read(change.added, (before.last?.number ?? 0) + 1, before);
      return before.with(versions).withoutOldest(change.dropped);
    },
  },
};

/** The first one is written with its row, even if its device has reported it. */
const firstWithRow = ([first, ...others]: readonly Kept[]): readonly Kept[] =>
  first === undefined || first instanceof Report ? others : [{ ...first, report: undefined }, ...others];

/** As `ListJson`. */
const listText = (list: VersionList): string => {
  const head = JSON.stringify([list.first?.number ?? 1, list.event, list.bytes]).slice(0, -1);
  const versions = versionsText(firstWithRow(list.kept));
  return versions === '' ? `${head}]` : `${head},${versions}]`;
};

/**
 * Versions, divided by commas: they follow those of `before`, which are not written. What was reported is there as text, and is
 * written as it was sent, spaces included: to make it short again would take longer than to write it.
 */
const versionsText = (versions: readonly Kept[], before?: VersionList): string => {
  let all = '';
  let previous: Kept | undefined;
  for (const version of versions) {
    if (all !== '') all += ',';
    if (version instanceof Report) all += reportText(version);
    else all += JSON.stringify(versionJson(version, previous ?? before?.last));
    previous = version;
  }
  return all;
};

/** As `reportedJson`. */
const reportText = ({ text, event, at, bytes, sizeBound, pendingMessages, connection }: Report): string => {
  const presence = connection && `,${JSON.stringify(presenceJson(connection, at))}`;
  return `[${text},${event},${at},${bytes},${sizeBound},${pendingMessages}${presence ?? ''}]`;
};

const versionJson = (version: Version, previous: Kept | undefined): VersionJson => {
  const { report } = version;
  if (report !== undefined && previous !== undefined) return reportedJson(version, report);
  const { event, at, bytes, by, member } = version;
  return [event, at, bytes, by.kind, by.id ?? null, rowJson(previous, member)];
};

const reportedJson = ({ event, bytes }: Version, report: ReportContent): ReportedJson => {
  const { patch, at, sizeBound, pendingMessages, connection } = report;
  return connection === undefined
    ? [patch, event, at, bytes, sizeBound, pendingMessages]
    : [patch, event, at, bytes, sizeBound, pendingMessages, presenceJson(connection, at)];
};

const presenceJson = (connection: Connection, at: number): PresenceJson =>
  presenceToJson({ ...connection, activityTime: timestamp(at) });

/** Rows share what they have in common, unless one of them is made from a report, which is also what others have instead of it. */
const rowJson = (previous: Kept | undefined, row: Member | undefined): RowJson => {
  if (row === undefined) return null;
  const before = previous instanceof Report || previous?.by.kind === 'device' ? undefined : previous?.member;
  return before === undefined ? { whole: memberJson.toJson(row) } : { change: memberChange(before, row) };
};

/** The versions from `number` on, which follow those of `before`. */
const read = (versions: readonly VersionJson[], number: number, before: VersionList | undefined): Kept[] => {
  let previous = before?.last;
  return versions.map((json, index) => {
    previous = versionFrom(json, number + index, previous);
    return previous;
  });
};

const versionFrom = (json: VersionJson, number: number, previous: Kept | undefined): Kept => {
  if (isReported(json)) {
    demandRow(previous);
    const [, event, , bytes] = json;
    return reportFrom({ number, event, bytes }, contentFrom(json));
  }
  const [event, at, bytes, kind, id, row] = json;
  const head = { number, event, at, bytes };
  if (row !== null && 'report' in row) {
    demandRow(previous);
    return reportFrom(head, contentFrom2(row.report));
  }
  const before = previous instanceof Report ? undefined : previous?.member;
  return { ...head, by: id === null ? { kind } : { kind, id }, member: rowFrom(before, row) };
};

const reportFrom = ({ number, event, bytes }: Omit<Head, 'at'>, content: ReportContent): Report =>
  new Report({ number, event: finite(event), at: content.at, bytes: finite(bytes) }, content, content);

/** Throws an Error if the version has no row that a report could change. */
const demandRow = (version: Kept | undefined): void => {
  if (!(version instanceof Report) && version?.member === undefined) throw new Error(UNREADABLE);
};

const isReported = (json: VersionJson): json is ReportedJson => typeof json[0] === 'object';

const contentFrom = ([patch, , at, , sizeBound, pendingMessages, presence]: ReportedJson): ReportContent => ({
  patch,
  at: timeFrom(at),
  connection: presence && presenceFromJson(presence),
  pendingMessages: finite(pendingMessages),
  sizeBound: finite(sizeBound),
});

const contentFrom2 = ([patch, presence, pendingMessages, sizeBound]: ReportJson2): ReportContent => {
  const connection = presenceFromJson(presence);
  const [pending, bound] = [finite(pendingMessages), finite(sizeBound)];
  return { patch, at: timeFrom(connection.activityTime), connection, pendingMessages: pending, sizeBound: bound };
};

/** Throws an Error for what is not a number: numbers of reports are written without a check. */
const finite = (value: number): number => {
  if (!Number.isFinite(value)) throw new Error(UNREADABLE);
  return value;
};

/** Throws an Error for what is not a time. */
const timeFrom = (at: unknown): number => {
  const ms = typeof at === 'string' ? Date.parse(at) : at;
  if (typeof ms !== 'number' || !(ms >= EARLIEST && ms <= LATEST)) throw new Error(UNREADABLE);
  return ms;
};

/** The year 1, as .NET counts. */
const EARLIEST = Date.parse(never);

const rowFrom = (before: Member | undefined, row: Exclude<RowJson, { report: ReportJson2 }>): Member | undefined => {
  if (row === null) return undefined;
  if ('whole' in row) return memberJson.fromJson(row.whole);
  if (before === undefined) throw new Error(UNREADABLE);
  return memberChanges.apply(before, row.change);
};

const UNREADABLE = 'A version of a twin cannot be read.';

/** True if what was reported, and nothing else, makes the row after of the row before. */
const areReports = (list: Change<VersionList>, { before, after }: Change<Member>): boolean => {
  const added = list.after.since(list.before)?.added ?? [];
  const last = added.at(-1)?.report;
  if (last === undefined || added.some(({ report }) => report === undefined)) return false;
  const connection = added.findLast(({ report }) => report?.connection)?.report?.connection ?? before.presence;
  return (
    after.identity === before.identity &&
    after.presence.activityTime === timestamp(last.at) &&
    isSameConnection(connection, after.presence) &&
    after.pendingMessages === last.pendingMessages &&
    isOnlyReported(before.twin, after.twin, added.length) &&
    after.twin.reported.sizeBound === last.sizeBound
  );
};

const isOnlyReported = (before: Twin, after: Twin, times: number): boolean =>
  after.version === before.version + times &&
  after.reported.version === before.reported.version + times &&
  after.desired === before.desired &&
  after.tags === before.tags &&
  after.etag === before.etag &&
  after.modelId === before.modelId &&
  after.configurations === before.configurations;

/** The rows of devices and modules, which follow from what was reported: it is written once. */
export const rowsTold: Telling<VersionList, Member> = {
  spaces: ['devices', 'modules'],
  isTold: areReports,
  apply: (before, json) => {
    const { added } = json as unknown as { readonly added: readonly ReportedJson[] }; // all of them are reports
    return added.reduce((row, report) => rowAfter(row, contentFrom(report)), before);
  },
};
