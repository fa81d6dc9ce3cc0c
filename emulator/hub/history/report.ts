import type { JsonObject } from '../../../protocol/json.ts';
import { type Member, withPresence, withTwin } from '../fleet/member.ts';
import { patchSection, withReported } from '../twins/twin.ts';
import type { Version } from './version.ts';

/** What a version is, without its row and its author. */
export type Head = Omit<Version, 'by' | 'member'>;

/**
 * A version that its device has reported, without its row: rows that outlive the next report keep the garbage collection busy.
 * The row is made again when somebody reads it.
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
  readonly #sizeBound: number;

  constructor({ number, event, at, bytes }: Head, row: Member, patch: JsonObject) {
    this.number = number;
    this.event = event;
    this.at = at;
    this.bytes = bytes;
    this.#patch = patch;
    this.#presence = row.presence;
    this.#pendingMessages = row.pendingMessages;
    this.#sizeBound = row.twin.reported.sizeBound;
  }

  /** `before`: the row of the version before. */
  version(before: Member): Version {
    const { number, event, at, bytes } = this;
    return { number, event, at, by: { kind: 'device', id: before.key }, member: this.#rowAfter(before), bytes };
  }

  /** As the room of twins makes it; the time of the report is that of the activity. */
  #rowAfter(before: Member): Member {
    const written = { at: this.#presence.activityTime, counted: false };
    const section = patchSection(before.twin.reported, this.#patch, written);
    const twin = withReported(before.twin, { ...section, sizeBound: this.#sizeBound });
    return { ...withPresence(withTwin(before, twin), this.#presence), pendingMessages: this.#pendingMessages };
  }
}
