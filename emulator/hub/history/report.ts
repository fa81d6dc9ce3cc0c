import type { JsonObject } from '../../../protocol/json.ts';
import { type Connection, type Member, withPresence, withTwin } from '../fleet/member.ts';
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
  readonly activityTime: string;
  readonly connection: Connection | undefined;
  readonly pendingMessages: number;
  readonly sizeBound: number;

  constructor({ number, event, bytes }: Omit<Head, 'at'>, content: ReportContent) {
    this.number = number;
    this.event = event;
    this.bytes = bytes;
    this.patch = content.patch;
    this.activityTime = content.activityTime;
    this.connection = content.connection;
    this.pendingMessages = content.pendingMessages;
    this.sizeBound = content.sizeBound;
  }

  /** The time of the report is that of the activity. */
  get at(): number {
    return Date.parse(this.activityTime);
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
export const rowAfter = (before: Member, content: ReportContent): Member => {
  const { patch, activityTime, connection = before.presence, pendingMessages, sizeBound } = content;
  const section = patchSection(before.twin.reported, patch, { at: activityTime, counted: false });
  const twin = withReported(before.twin, { ...section, sizeBound });
  const { connected, updatedTime } = connection;
  return { ...withPresence(withTwin(before, twin), { connected, updatedTime, activityTime }), pendingMessages };
};
