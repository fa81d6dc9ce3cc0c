import { type IdentityKey, type IdentityName, keyOf } from '../../../protocol/identity-key.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { HubBus } from '../events.ts';
import { FleetCounters } from '../fleet/counters.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { absent, Member, withIdentity } from '../fleet/member.ts';
import type { Ids } from '../ids.ts';
import type { Sessions } from '../messaging/sessions.ts';
import { newTwin } from '../twins/twin.ts';
import { type Identity, type IdentitySpec, newIdentity } from './identity.ts';
import { newScopes } from './scopes.ts';

/** Creates, rewrites and removes rows of identities, without checks. */
export class IdentityRows {
  readonly counters: FleetCounters;
  readonly #fleet: Fleet;
  readonly #sessions: Sessions;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(parts: { fleet: Fleet; sessions: Sessions; events: HubBus; clock: Clock; ids: Ids }) {
    this.#fleet = parts.fleet;
    this.#sessions = parts.sessions;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.counters = new FleetCounters(parts.fleet);
  }

  modulesOf(deviceId: string): Member[] {
    return this.counters.modulesOf(deviceId).map((key) => this.#fleet.get(key));
  }

  /** Throws InvalidDeviceScope. */
  create(name: IdentityName, spec: IdentitySpec): Member {
    const key = keyOf(name);
    const generationId = this.#ids.generationId();
    const scopes = newScopes(name, spec, generationId);
    const member = new Member({
      key,
      identity: { ...newIdentity(name, spec, { etag: this.#ids.etag(), generationId }), ...scopes },
      twin: newTwin(timestamp(this.#clock.now())),
      presence: absent,
      pendingMessages: 0,
    });
    this.#fleet.set(member);
    this.#events.publish({ type: 'identity.created', key, identity: member.identity, twin: member.twin });
    return member;
  }

  /** Writes `identity` with a new etag. */
  rewrite(member: Member, identity: Identity): Member {
    return this.put(member, { ...identity, etag: this.#ids.etag(member.identity.etag) });
  }

  /** Writes `identity` as it is. */
  put(member: Member, identity: Identity): Member {
    const next = withIdentity(member, identity);
    this.#fleet.set(next);
    this.#events.publish({ type: 'identity.replaced', key: next.key, identity, twin: next.twin });
    return next;
  }

  remove({ key, identity, twin }: Member): void {
    this.#sessions.forget(key, 'deleted');
    this.#fleet.delete(key);
    this.#events.publish({ type: 'identity.deleted', key, identity, twin });
  }

  /** Takes a row as it is; the caller publishes the event. */
  load(member: Member): void {
    this.#fleet.set(member);
  }

  /** Removes every row; the caller publishes the event. */
  clear(): void {
    for (const table of [this.#fleet.modules, this.#fleet.devices])
      for (const { key } of table.rows()) this.#unload(key);
  }

  #unload(key: IdentityKey): void {
    this.#sessions.forget(key, 'deleted');
    this.#fleet.delete(key);
  }
}
