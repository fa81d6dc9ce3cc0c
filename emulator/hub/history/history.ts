import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Actors } from './actors.ts';
import { rowsTold, versionsJson } from './history-json.ts';
import { type LatestQuery, type LatestVersion, latestVersions } from './latest.ts';
import { iso, tooEarly } from './reach.ts';
import { isBy, type Moment, type Since, type Version } from './version.ts';
import { versionAfter } from './version-after.ts';
import { VersionList } from './version-list.ts';

/** Bytes of earlier versions, by the estimate of `bytesAdded`. */
const MAX_BYTES = 64 * 1024 ** 2;
// of an id in the map, its list and its latest version
const KEPT_BYTES = 300;

/** Versions of one id by default. */
export const DEFAULT_HISTORY = 100;

interface HistoryParts {
  readonly fleet: Fleet;
  readonly events: HubBus;
  readonly clock: Clock;
  readonly actors: Actors;
}

const SINCE = 'since';

const LOST = 'nothing else is lost; a copy of the folder from before the damage has it';

/**
 * Room: earlier versions of identities and twins, with time and author. It is filled where rooms store rows; it is not part
 * of snapshots and begins again after a restore.
 */
export class History {
  readonly #fleet: Fleet;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #actors: Actors;
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #kept = new StateMap<VersionList>();
  #bytes = 0;
  #sweepAt: number;
  /** The first moment that it knows, of every id that was not cut. */
  readonly #begin = new StateMap<Since>();

  /** `limit`: versions of one id; 0 keeps none. */
  constructor({ fleet, events, clock, actors }: HistoryParts, limit = DEFAULT_HISTORY, maxBytes = MAX_BYTES) {
    this.#fleet = fleet;
    this.#events = events;
    this.#clock = clock;
    this.#actors = actors;
    this.#limit = limit;
    this.#maxBytes = maxBytes;
    this.#sweepAt = maxBytes;
    this.#begin.set(SINCE, { event: 0, at: clock.now() });
    if (limit > 0) fleet.listen((before, after, patch) => this.#note(before, after, patch));
  }

  get spaces() {
    return [
      { ...keySpace('history', this.#kept, versionsJson), tells: rowsTold },
      keySpace('history-since', this.#begin),
    ];
  }

  /** What earlier versions take, by an estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins again with what the hub is now. */
  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
    this.#sweepAt = this.#maxBytes;
    this.#begin.set(SINCE, { event: this.#events.sequence, at: this.#clock.now() });
  }

  /** Goes on with rows that were loaded; begins now if there are none. */
  resume(): void {
    if (this.#begin.get(SINCE) === undefined || this.#limit === 0) this.clear();
    this.#events.goOnAfter(this.#since.event);
    this.#bytes = 0;
    for (const { key, value } of this.#kept.entries()) {
      if (value.size > this.#limit && this.#readable(key) !== value) continue;
      const list = value.withoutOldest(Math.max(0, value.size - this.#limit));
      if (list !== value) this.#kept.set(key, list);
      this.#bytes += KEPT_BYTES + list.bytes;
      this.#events.goOnAfter(list.event);
    }
    this.#sweepAt = this.#maxBytes;
    if (this.#bytes > this.#sweepAt) this.#sweep();
  }

  get #since(): Since {
    return this.#begin.get(SINCE) ?? { event: this.#events.sequence, at: this.#clock.now() };
  }

  /** The versions that are kept, oldest first. Throws DeviceNotFound, or ModuleNotFound for a module. */
  list(key: IdentityKey): readonly Version[] {
    this.#demandKept();
    return this.#readable(key)?.versions.slice(-this.#limit) ?? [this.#first(this.#fleet.identify(key))];
  }

  /** The latest versions of all ids, newest first. Throws GenericNotFound if none are kept. */
  latest(query: LatestQuery): readonly LatestVersion[] {
    this.#demandKept();
    return latestVersions(this.#kept.entries(), this.#limit, query);
  }

  /** One version. Throws as `list` does, and GenericNotFound. */
  get(key: IdentityKey, number: number): Version {
    const versions = this.list(key);
    const version = versions.find((one) => one.number === number);
    if (version !== undefined) return version;
    const [first, last] = [versions[0]?.number, versions.at(-1)?.number];
    const text = `Version ${number} of ${key} is not kept; its history has the versions ${first} to ${last}.`;
    throw new HubError('GenericNotFound', text);
  }

  /** The row as it was at a moment. Throws DeviceNotFound, ModuleNotFound, or GenericNotFound if history begins later. */
  at(key: IdentityKey, moment: Moment): Member {
    this.#demandReach(moment);
    return this.#fleetAt(moment, this.#kept.has(key) ? [key] : []).identify(key);
  }

  /** All rows as they were at a moment. Throws GenericNotFound if the history of one of them begins later. */
  fleetAt(moment: Moment): Fleet {
    this.#demandReach(moment);
    return this.#fleetAt(moment, this.#kept.keys());
  }

  #fleetAt(moment: Moment, keys: Iterable<IdentityKey>): Fleet {
    const fleet = new Fleet();
    fleet.restore({ devices: this.#fleet.devices.copy(), modules: this.#fleet.modules.copy() });
    for (const key of keys) {
      const member = this.#memberAt(key, moment);
      if (member !== undefined) fleet.set(member);
      else if (fleet.find(key) !== undefined) fleet.delete(key);
    }
    return fleet;
  }

  #memberAt(key: IdentityKey, moment: Moment): Member | undefined {
    const kept = this.#readable(key);
    const version = kept?.at(kept.placeAt(moment));
    // the first versions were dropped because there were too many
    const isCut = kept?.first !== undefined && kept.first.number > 1;
    if (version === undefined && isCut) throw tooEarly(`The history of ${key}`, kept.first);
    return version?.member;
  }

  #demandReach(moment: Moment): void {
    this.#demandKept();
    const latest = { event: this.#events.sequence, at: this.#clock.now() };
    if ('event' in moment ? moment.event > latest.event : moment.at > latest.at)
      throw new HubError(
        'ArgumentInvalid',
        `This is yet to come: the latest event is ${latest.event}, the time ${iso(latest.at)}.`,
      );
    if (!isBy(moment, this.#since)) throw tooEarly('The history of the hub', this.#since);
  }

  #demandKept(): void {
    if (this.#limit === 0)
      throw new HubError('GenericNotFound', 'The hub keeps no history: it was started with --history 0.');
  }

  /** Presence and waiting messages make no version. `patch`: what the device has reported, if nothing else has changed. */
  #note(before: Member | undefined, after: Member | undefined, patch: JsonObject | undefined): void {
    if (before !== undefined && after !== undefined) {
      if (before.twin === after.twin && before.identity === after.identity) return;
    }
    const key = (after ?? before)?.key;
    if (key === undefined) return;
    const known = this.#readable(key, before);
    if (known === undefined) this.#bytes += KEPT_BYTES;
    const list = known ?? VersionList.of(before === undefined ? [] : [this.#first(before)]);
    const head = { event: this.#events.sequence + 1, by: this.#actors.current, clock: this.#clock };
    const next = list.with(versionAfter(list.last, head, { before, after, patch })).upTo(this.#limit);
    this.#bytes += next.bytes - list.bytes;
    this.#kept.set(key, next);
    if (this.#bytes > this.#sweepAt) this.#sweep();
  }

  /** The versions of an id. If they cannot be read they are dropped, which is told: its history begins with the row as it is. */
  #readable(key: IdentityKey, row = this.#fleet.find(key)): VersionList | undefined {
    const list = this.#kept.get(key);
    const damage = list?.damage;
    if (list === undefined || damage === undefined) return list;
    this.#events.publish({
      type: 'history.lost',
      key,
      cause: `the history of ${key} is damaged: ${damage}`,
      remedy: LOST,
    });
    const head = { number: list.number + 1, event: this.#events.sequence, at: this.#clock.now() };
    const begun = VersionList.of([{ ...head, by: { kind: 'start' }, member: row, bytes: 0 }]);
    this.#bytes -= list.bytes;
    this.#kept.set(key, begun);
    return begun;
  }

  /** The version with which the history of a row begins that has not changed since. */
  #first(member: Member): Version {
    return { number: 1, ...this.#since, by: { kind: 'start' }, member, bytes: 0 };
  }

  /** Drops the older half of what is kept, by the numbers of events; if that is not enough, all but the latest versions. */
  #sweep(): void {
    const { sequence } = this.#events;
    const enough = (this.#maxBytes * 3) / 4;
    const middle = Math.floor((this.#since.event + sequence) / 2);
    this.#forget({ event: middle });
    if (this.#bytes > enough) this.#forget({ event: sequence + 1 });
    this.#sweepAt = this.#bytes > enough ? this.#bytes * 2 : this.#maxBytes;
  }

  /** Drops what was replaced by the moment. The history of the hub begins then. */
  #forget(moment: { readonly event: number }): void {
    let { at } = this.#since;
    this.#bytes = 0;
    for (const { key, value } of this.#kept.entries()) {
      if (this.#readable(key) !== value) continue;
      const inForce = value.placeAt(moment);
      const list = inForce > 0 ? value.withoutOldest(inForce) : value;
      const { first } = list;
      if (inForce >= 0) at = Math.max(at, first?.at ?? at);
      const isPlain = first !== undefined && list.size === 1 && isBy(moment, first);
      if (isPlain && (list.row === undefined || first.number === 1)) this.#kept.delete(key);
      else {
        if (list !== value) this.#kept.set(key, list);
        this.#bytes += KEPT_BYTES + list.bytes;
      }
    }
    this.#begin.set(SINCE, { event: moment.event, at });
  }
}
