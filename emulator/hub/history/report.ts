import type { JsonObject } from '../../../protocol/json.ts';
import { type Member, withPresence, withTwin } from '../fleet/member.ts';
import { patchSection, withReported } from '../twins/twin.ts';
import type { Version } from './version.ts';

/** What a version is, but for its row and its author. */
export type Head = Omit<Version, 'by' | 'member'>;

/**
 * A version that its device has reported. Rows that outlive many reports keep the garbage collection busy: this one lets its
 * row go, and makes it again when somebody reads it.
 */
export class Report implements Head {
  readonly number: number;
  readonly event: number;
  readonly at: number;
  readonly bytes: number;
  readonly #patch: JsonObject;
  /** Of the row: what the patch does not say. */
  readonly #presence: Member['presence'];
  readonly #pendingMessages: number;
  #row: Member | undefined;

  constructor({ number, event, at, bytes }: Head, row: Member, patch: JsonObject) {
    this.number = number;
    this.event = event;
    this.at = at;
    this.bytes = bytes;
    this.#patch = patch;
    this.#presence = row.presence;
    this.#pendingMessages = row.pendingMessages;
    this.#row = row;
  }

  /** There are newer versions. */
  letGo(): void {
    this.#row = undefined;
  }

  /** `before`: the row of the version before. */
  version(before: Member): Version {
    const { number, event, at, bytes } = this;
    const member = this.#row ?? this.#rowAfter(before);
    return { number, event, at, by: { kind: 'device', id: member.key }, member, bytes };
  }

  /** As the room of twins makes it; the time of the report is that of the activity. */
  #rowAfter(before: Member): Member {
    const written = { at: this.#presence.activityTime, counted: false };
    const reported = patchSection(before.twin.reported, this.#patch, written);
    const row = withPresence(withTwin(before, withReported(before.twin, reported)), this.#presence);
    return { ...row, pendingMessages: this.#pendingMessages };
  }
}
