import type { JsonObject } from '../../../protocol/json.ts';
import { type Member, withPresence, withTwin } from '../fleet/member.ts';
import { patchSection, withReported } from '../twins/twin.ts';
import type { ReportContent, Version } from './version.ts';

/** What a version is, without its row and its author. */
export type Head = Omit<Version, 'by' | 'member'>;

/**
 * A version that its device has reported, without its row: rows that outlive the next report keep the garbage collection busy.
 * The row is made again when it is read.
 */
export class Report implements Head, ReportContent {
  readonly number: number;
  readonly event: number;
  readonly bytes: number;
  readonly patch: JsonObject;
  readonly presence: Member['presence'];
  readonly pendingMessages: number;
  readonly sizeBound: number;

  constructor(head: Omit<Head, 'at'>, report: ReportContent) {
    this.number = head.number;
    this.event = head.event;
    this.bytes = head.bytes;
    this.patch = report.patch;
    this.presence = report.presence;
    this.pendingMessages = report.pendingMessages;
    this.sizeBound = report.sizeBound;
  }

  /** The time of the report is that of the activity. */
  get at(): number {
    return Date.parse(this.presence.activityTime);
  }

  get report(): ReportContent {
    return this;
  }

  /** `before`: the row of the version before. */
  version(before: Member): Version {
    const { number, event, at, bytes, report } = this;
    return {
      number,
      event,
      at,
      by: { kind: 'device', id: before.key },
      member: rowAfter(before, report),
      bytes,
      report,
    };
  }
}

/** As the room of twins makes it. */
export const rowAfter = (before: Member, { patch, presence, pendingMessages, sizeBound }: ReportContent): Member => {
  const section = patchSection(before.twin.reported, patch, { at: presence.activityTime, counted: false });
  const twin = withReported(before.twin, { ...section, sizeBound });
  return { ...withPresence(withTwin(before, twin), presence), pendingMessages };
};
