import { timestamp } from '../../kernel/clock.ts';
import type { Reported } from '../fleet/fleet.ts';
import { isSameConnection, type Member } from '../fleet/member.ts';
import type { Actor } from './actors.ts';
import type { KeptVersions, NextVersion } from './kept-versions.ts';
import { actorOf, bytesAdded, REPORT_BYTES, type Since } from './version.ts';

/** Characters of JSON; of larger reports the row is kept. */
const LARGE = 4 * 1024;

/** What a room has written; `reported`: if nothing else has changed. */
interface Write {
  readonly before: Member | undefined;
  readonly after: Member | undefined;
  readonly reported: Reported | undefined;
}

/** The version that a write of a moment makes, after those that are kept. */
export const versionAfter = (
  kept: KeptVersions,
  { event, at: now }: Since,
  { before, after, reported }: Write,
  by: Actor | undefined,
): NextVersion => {
  const number = kept.number + 1;
  if (reported === undefined || before === undefined || after === undefined || by !== undefined) {
    const author = by ?? actorOf(before, after);
    return { number, event, at: now, by: author, member: after, bytes: bytesAdded(before, after) };
  }
  const { patch, text = JSON.stringify(patch) } = reported;
  const { presence, pendingMessages, twin } = after;
  const at = timeOf(presence.activityTime, now);
  const connection = kept.connection && isSameConnection(kept.connection, presence) ? undefined : presence;
  const { sizeBound } = twin.reported;
  if (kept.takesReport && text.length <= LARGE)
    return { event, at, bytes: REPORT_BYTES + text.length, sizeBound, pendingMessages, connection, text };
  const report = { patch, at, connection, pendingMessages, sizeBound };
  return { number, event, at, by: actorOf(before, after), member: after, bytes: bytesAdded(before, after), report };
};

/** Of the activity, which a report is. Its text is read only if the clock has gone on since. */
const timeOf = (activityTime: string, now: number): number =>
  timestamp(now) === activityTime ? now : Date.parse(activityTime);
