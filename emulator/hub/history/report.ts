import type { JsonObject } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import { type Connection, type Member, Presence, withPending, withPresence, withTwin } from '../fleet/member.ts';
import { patchSection, Section, withReported } from '../twins/twin.ts';
import type { ReportContent, Version } from './version.ts';

/** What a version is, without its row and its author. */
export type Head = Omit<Version, 'by' | 'member'>;

/** What is kept of a report. */
export interface ReportParts extends Omit<Head, 'number'>, Omit<ReportContent, 'patch'> {
  /** What was reported, as JSON. */
  readonly text: string;
}

/**
 * A version that its device has reported, without its row, which is made again when it is read. What was reported is there as
 * JSON, as an object, or both.
 */
export class Report implements Head, ReportContent, ReportParts {
  readonly number: number;
  readonly event: number;
  readonly at: number;
  readonly bytes: number;
  readonly connection: Connection | undefined;
  readonly pendingMessages: number;
  readonly sizeBound: number;
  #text: string | undefined;
  #patch: JsonObject | undefined;

  constructor(
    { number, event, at, bytes }: Head,
    { connection, pendingMessages, sizeBound }: Omit<ReportContent, 'patch' | 'at'>,
    reported: { readonly text: string } | { readonly patch: JsonObject },
  ) {
    this.number = number;
    this.event = event;
    this.at = at;
    this.bytes = bytes;
    this.connection = connection;
    this.pendingMessages = pendingMessages;
    this.sizeBound = sizeBound;
    if ('text' in reported) this.#text = reported.text;
    else this.#patch = reported.patch;
  }

  get patch(): JsonObject {
    this.#patch ??= JSON.parse(this.#text ?? '') as JsonObject; // which the room of twins has checked
    return this.#patch;
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.#patch);
    return this.#text;
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
  const { patch, at, connection = before.presence, pendingMessages, sizeBound } = content;
  const activityTime = timestamp(at);
  const section = patchSection(before.twin.reported, patch, { at: activityTime, counted: false });
  const twin = withReported(before.twin, new Section({ ...section, sizeBound }));
  const presence = new Presence(connection, activityTime);
  return withPending(withPresence(withTwin(before, twin), presence), pendingMessages);
};
