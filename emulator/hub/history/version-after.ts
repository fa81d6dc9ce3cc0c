import type { JsonObject } from '../../../protocol/json.ts';
import type { Clock } from '../../kernel/clock.ts';
import { isSameConnection, type Member } from '../fleet/member.ts';
import type { Actor } from './actors.ts';
import type { KeptVersions } from './kept-versions.ts';
import { Report } from './report.ts';
import { actorOf, bytesAdded, bytesOfReport, type ReportContent } from './version.ts';
import type { Kept } from './version-list.ts';

/** One version in so many keeps its row, even if a device has reported it: the others are made from it. */
const ROWS_BETWEEN = 16;

/** What a room has written; `patch`: what the device has reported, if nothing else has changed. */
interface Write {
  readonly before: Member | undefined;
  readonly after: Member | undefined;
  readonly patch: JsonObject | undefined;
}

interface Head {
  readonly event: number;
  readonly by: Actor | undefined;
  readonly clock: Clock;
}

/** The version that a write makes, after those that are kept. */
export const versionAfter = (kept: KeptVersions, { event, by, clock }: Head, { before, after, patch }: Write): Kept => {
  const number = kept.number + 1;
  const isReport = patch !== undefined && before !== undefined && after !== undefined && by === undefined;
  if (isReport && number % ROWS_BETWEEN !== 0)
    return new Report({ number, event, bytes: bytesOfReport(before, after) }, contentOf(kept, after, patch));
  const bytes = bytesAdded(before, after);
  const version = { number, event, at: clock.now(), by: by ?? actorOf(before, after), member: after, bytes };
  return isReport ? { ...version, report: contentOf(kept, after, patch) } : version;
};

const contentOf = (
  { connection }: KeptVersions,
  { presence, pendingMessages, twin }: Member,
  patch: JsonObject,
): ReportContent => ({
  patch,
  activityTime: presence.activityTime,
  connection: connection !== undefined && isSameConnection(connection, presence) ? undefined : presence,
  pendingMessages,
  sizeBound: twin.reported.sizeBound,
});
