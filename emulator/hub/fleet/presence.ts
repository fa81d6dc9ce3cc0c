import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { Fleet } from './fleet.ts';
import { type Member, Presence, withPresence } from './member.ts';

/** Room: which identities are connected, and when each was last active. */
export class PresenceTracker {
  readonly #fleet: Fleet;
  readonly #clock: Clock;

  constructor({ fleet, clock }: { fleet: Fleet; clock: Clock }) {
    this.#fleet = fleet;
    this.#clock = clock;
  }

  /** Notes that the identity was active just now. Nothing happens if it does not exist. */
  touch(key: IdentityKey): void {
    const member = this.#fleet.find(key);
    const next = member && this.touched(member);
    if (next !== undefined && next !== member) this.#fleet.set(next);
  }

  /** `member` as `touch` would leave it, for a room that writes the row anyway. */
  touched(member: Member, now: string = this.#now()): Member {
    return member.presence.activityTime === now ? member : withPresence(member, new Presence(member.presence, now));
  }

  connect(key: IdentityKey): void {
    this.#turn(key, true);
  }

  disconnect(key: IdentityKey): void {
    this.#turn(key, false);
  }

  /** Corrects every connection state, after rows were loaded or restored: `live` are those that have a session. */
  reconcile(live: ReadonlySet<IdentityKey>): void {
    const isLive = ({ key }: Member): boolean => live.size > 0 && live.has(key);
    for (const table of [this.#fleet.devices, this.#fleet.modules])
      for (const member of table.where((row) => row.presence.connected !== isLive(row))) {
        const { activityTime } = member.presence;
        const connection = { connected: isLive(member), updatedTime: this.#now() };
        this.#fleet.set(withPresence(member, new Presence(connection, activityTime)));
      }
  }

  #turn(key: IdentityKey, connected: boolean): void {
    const member = this.#fleet.find(key);
    if (member === undefined) return;
    const now = this.#now();
    this.#fleet.set(withPresence(member, new Presence({ connected, updatedTime: now }, now)));
  }

  #now(): string {
    return timestamp(this.#clock.now());
  }
}
