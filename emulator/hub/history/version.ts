import type { JsonObject } from '../../../protocol/json.ts';
import type { Connection, Member } from '../fleet/member.ts';
import { type Section, sizeOf } from '../twins/twin.ts';
import type { Actor } from './actors.ts';

/** One version of an identity and its twin. The row is shared with the hub, being immutable. */
export interface Version {
  /** Counts from 1 for each id, also when it is deleted and created again. */
  readonly number: number;
  /** The number of the event that told it. */
  readonly event: number;
  /** Milliseconds since 1970 on the clock of the hub. */
  readonly at: number;
  readonly by: Actor;
  /** Undefined: it was deleted. */
  readonly member: Member | undefined;
  /** Estimate of what it keeps in memory and the version before does not. */
  readonly bytes: number;
  /** If its device has reported it. */
  readonly report?: ReportContent | undefined;
}

/** What a report makes of the row of the version before. */
export interface ReportContent {
  readonly patch: JsonObject;
  /** When: the time of the activity that it is, ms since 1970. */
  readonly at: number;
  /** Of the row after it, if its connection is another one than that of the version before. */
  readonly connection: Connection | undefined;
  readonly pendingMessages: number;
  readonly sizeBound: number;
}

/** The first moment of a history: the number of the event before it, and the time of the hub. */
export interface Since {
  readonly event: number;
  readonly at: number;
}

/** Events after one and until another one. */
interface Span {
  readonly after: number;
  readonly until: number;
}

/**
 * A moment: the number of an event, right after which it is, or a time of the hub in ms since 1970. `among`: events between which the
 * clock was not set back; without it, it never was.
 */
export type Moment = { readonly event: number } | { readonly at: number; readonly among?: Span };

/** Whether the version was there at the moment, or an older one. */
export const isBy = (moment: Moment, { event, at }: Pick<Version, 'event' | 'at'>): boolean => {
  if ('event' in moment) return event <= moment.event;
  const { among } = moment;
  if (among === undefined) return at <= moment.at;
  return event <= among.after || (event <= among.until && at <= moment.at);
};

const PROGRAM: Actor = { kind: 'program' };

/** Devices write reported properties and models; everything else without a known actor comes from the program. */
export const actorOf = (before: Member | undefined, after: Member | undefined): Actor => {
  if (before === undefined || after === undefined || !isReport(before, after)) return PROGRAM;
  return { kind: 'device', id: after.key };
};

const isReport = (before: Member, after: Member): boolean =>
  before.twin.reported !== after.twin.reported || before.twin.modelId !== after.twin.modelId;

// measured on Node 20: a row, its twin, sections and a version; a member of an object with that of its metadata; a byte of
// values that were written, with the entries of their metadata
const ROW_BYTES = 500;
const MEMBER_BYTES = 16;
const BYTE_BYTES = 8;
/** Of a report, besides its JSON. */
export const REPORT_BYTES = 80;

/** Estimates what `after` keeps in memory that `before` does not, without walking through values: it runs at each report. */
export const bytesAdded = (before: Member | undefined, after: Member | undefined): number => {
  if (after === undefined) return ROW_BYTES;
  const old = before?.twin;
  const { tags, desired, reported } = after.twin;
  const ofTags = tags === undefined || tags === old?.tags ? 0 : sizeOf(tags) * BYTE_BYTES;
  return ROW_BYTES + ofTags + ofSection(old?.desired, desired) + ofSection(old?.reported, reported);
};

const ofSection = (before: Section | undefined, after: Section): number => {
  if (before === after) return 0;
  const written = after.sizeBound - (before?.sizeBound ?? 0);
  // a bound that was counted again says nothing of the write
  const bytes = written < 0 ? after.sizeBound : written;
  return bytes * BYTE_BYTES + Object.keys(after.values).length * 2 * MEMBER_BYTES;
};
