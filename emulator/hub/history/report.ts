import type { JsonObject } from '../../../protocol/json.ts';
import { timestamp } from '../../kernel/clock.ts';
import { type Connection, type Member, withPresence, withTwin } from '../fleet/member.ts';
import { patchSection, withReported } from '../twins/twin.ts';
import type { ReportContent, Version } from './version.ts';

/** What a version is, without its row and its author. */
export type Head = Omit<Version, 'by' | 'member'>;

/** What is kept of a report. */
export interface ReportParts extends Omit<Head, 'number'>, Omit<ReportContent, 'patch' | 'activityTime'> {
  /** What was reported, in UTF-8. */
  readonly json: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A version that its device has reported, without its row, which is made again when it is read. What was reported is JSON in
 * UTF-8, an object, or both.
 */
export class Report implements Head, ReportContent, ReportParts {
  readonly number: number;
  readonly event: number;
  readonly at: number;
  readonly bytes: number;
  readonly connection: Connection | undefined;
  readonly pendingMessages: number;
  readonly sizeBound: number;
  #json: Uint8Array | undefined;
  #patch: JsonObject | undefined;

  constructor(
    { number, event, at, bytes }: Head,
    { connection, pendingMessages, sizeBound }: Omit<ReportContent, 'patch' | 'activityTime'>,
    reported: { readonly json: Uint8Array } | { readonly patch: JsonObject },
  ) {
    this.number = number;
    this.event = event;
    this.at = at;
    this.bytes = bytes;
    this.connection = connection;
    this.pendingMessages = pendingMessages;
    this.sizeBound = sizeBound;
    if ('json' in reported) this.#json = reported.json;
    else this.#patch = reported.patch;
  }

  get json(): Uint8Array {
    this.#json ??= jsonOf(this.patch);
    return this.#json;
  }

  get patch(): JsonObject {
    this.#patch ??= JSON.parse(decoder.decode(this.#json)) as JsonObject; // which the room of twins has checked
    return this.#patch;
  }

  /** What was reported, as JSON. */
  get text(): string {
    return this.#json === undefined ? JSON.stringify(this.#patch) : decoder.decode(this.#json);
  }

  /** The time of the report is that of the activity. */
  get activityTime(): string {
    return timestamp(this.at);
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

export const jsonOf = (patch: JsonObject): Uint8Array => encoder.encode(JSON.stringify(patch));

/** As the room of twins makes it. */
export const rowAfter = (before: Member, content: ReportContent): Member => {
  const { patch, activityTime, connection = before.presence, pendingMessages, sizeBound } = content;
  const section = patchSection(before.twin.reported, patch, { at: activityTime, counted: false });
  const twin = withReported(before.twin, { ...section, sizeBound });
  const { connected, updatedTime } = connection;
  return { ...withPresence(withTwin(before, twin), { connected, updatedTime, activityTime }), pendingMessages };
};
