import { type Member, withPresence, withTwin } from '../fleet/member.ts';
import { patchSection, withReported } from '../twins/twin.ts';
import type { ReportContent, Version } from './version.ts';

/** What a version is, without its row and its author. */
export type Head = Omit<Version, 'by' | 'member'>;

/**
 * A version that its device has reported, without its row: rows that outlive the next report keep the garbage collection busy.
 * The row is made again when it is read.
 */
export class Report implements Head {
  readonly number: number;
  readonly event: number;
  readonly at: number;
  readonly bytes: number;
  readonly report: ReportContent;

  constructor({ number, event, at, bytes }: Head, report: ReportContent) {
    this.number = number;
    this.event = event;
    this.at = at;
    this.bytes = bytes;
    this.report = report;
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

/** As the room of twins makes it; the time of the report is that of the activity. */
const rowAfter = (before: Member, { patch, presence, pendingMessages, sizeBound }: ReportContent): Member => {
  const section = patchSection(before.twin.reported, patch, { at: presence.activityTime, counted: false });
  const twin = withReported(before.twin, { ...section, sizeBound });
  return { ...withPresence(withTwin(before, twin), presence), pendingMessages };
};
