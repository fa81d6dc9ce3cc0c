import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import type { Clock } from '../../kernel/clock.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import { Fleet, type Reported } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Actors } from './actors.ts';
import { rowsTold, versionsJson } from './history-json.ts';
import { KeptVersions } from './kept-versions.ts';
import { type LatestQuery, type LatestVersion, latestVersions } from './latest.ts';
import { iso, tooEarly } from './reach.ts';
import { Sweep, type Swept } from './sweep.ts';
import { bytesAdded, isBy, type Moment, type Since, type Version } from './version.ts';
import { versionAfter } from './version-after.ts';
import { VersionList } from './version-list.ts';
import { VersionTable } from './version-table.ts';

/** Bytes of earlier versions, by estimates. */
const MAX_BYTES = 64 * 1024 ** 2;

/** Versions of one id by default. A few more are kept until the next change, and not shown. */
export const DEFAULT_HISTORY = 100;

interface HistoryParts {
  readonly fleet: Fleet;
  readonly events: HubBus;
  readonly clock: Clock;
  readonly actors: Actors;
}

const SINCE = 'since';
const MIDDLE = 'middle';

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
  readonly #kept = new VersionTable();
  readonly #sweep: Sweep;
  /** The first moment that it knows, of every id that was not cut; and when about half of its bytes had come. */
  readonly #begin = new StateMap<Since>();

  /** `limit`: versions of one id; 0 keeps none. */
  constructor({ fleet, events, clock, actors }: HistoryParts, limit = DEFAULT_HISTORY, maxBytes = MAX_BYTES) {
    this.#fleet = fleet;
    this.#events = events;
    this.#clock = clock;
    this.#actors = actors;
    this.#limit = limit;
    this.#sweep = new Sweep(this.#swept, maxBytes);
    this.#begin.set(SINCE, { event: 0, at: clock.now() });
    if (limit > 0) fleet.listen((before, after, reported) => this.#note(before, after, reported));
  }

  get spaces() {
    return [
      { ...keySpace('history', this.#kept, versionsJson), tells: rowsTold },
      keySpace('history-since', this.#begin),
    ] as const;
  }

  /** What earlier versions take, by an estimate. */
  get bytes(): number {
    return this.#kept.bytes;
  }

  /** Begins again with what the hub is now. */
  clear(): void {
    this.#kept.clear();
    this.#begin.delete(MIDDLE);
    this.#sweep.restart();
    this.#begin.set(SINCE, { event: this.#events.sequence, at: this.#clock.now() });
  }

  /** Goes on with rows that were loaded; begins now if there are none. */
  resume(): void {
    if (this.#begin.get(SINCE) === undefined || this.#limit === 0) this.clear();
    this.#events.goOnAfter(this.#since.event);
    for (const { value } of this.#kept.entries()) this.#events.goOnAfter(value.event);
    this.#sweep.restart();
  }

  get #since(): Since {
    return this.#begin.get(SINCE) ?? { event: this.#events.sequence, at: this.#clock.now() };
  }

  /** The versions that are kept, oldest first. Throws DeviceNotFound, or ModuleNotFound for a module. */
  list(key: IdentityKey): readonly Version[] {
    this.#demandKept();
    return this.#readable(key)?.versions ?? [this.#first(this.#fleet.identify(key))];
  }

  /** The latest versions of all ids, newest first. Throws GenericNotFound if none are kept. */
  latest(query: LatestQuery): readonly LatestVersion[] {
    this.#demandKept();
    return latestVersions(this.#kept.entries(), (list) => this.#inReach(list), query);
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
      const list = this.#readable(key);
      if (list === undefined) continue; // the row is as it was
      const member = memberAt(key, list, moment);
      if (member !== undefined) fleet.set(member);
      else if (fleet.find(key) !== undefined) fleet.delete(key);
    }
    return fleet;
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

  /** Presence and waiting messages make no version. `reported`: if nothing else has changed. */
  #note(before: Member | undefined, after: Member | undefined, reported: Reported | undefined): void {
    if (before !== undefined && after !== undefined) {
      if (before.twin === after.twin && before.identity === after.identity) return;
    }
    const key = (after ?? before)?.key;
    if (key === undefined) return;
    const known = this.#keptOf(key, before);
    const kept = known ?? new KeptVersions(VersionList.of(before ? [this.#first(before)] : []));
    if (before !== undefined && this.#sweep.isBeforeMiddle(kept.event))
      this.#kept.beginRun(kept, before, bytesAdded(before, after));
    const head = { event: this.#events.sequence + 1, by: this.#actors.current, clock: this.#clock };
    const version = versionAfter(kept, head, { before, after, reported });
    if (known !== undefined) this.#kept.add(key, known, version, this.#limit);
    else {
      kept.add(version);
      this.#kept.set(key, kept);
    }
    this.#sweep.step();
  }

  /** The versions of an id that are in reach. */
  #readable(key: IdentityKey): VersionList | undefined {
    const kept = this.#keptOf(key, this.#fleet.find(key));
    return kept && this.#inReach(kept.list);
  }

  #inReach(list: VersionList): VersionList | undefined {
    return list.inForceFrom(this.#since.event)?.latest(this.#limit);
  }

  /** What is kept of an id. If it cannot be read it is dropped, which is told: its history begins with the row as it is. */
  #keptOf(key: IdentityKey, row: Member | undefined): KeptVersions | undefined {
    const kept = this.#kept.get(key);
    const damage = kept?.damage;
    if (kept === undefined || damage === undefined) return kept;
    this.#events.publish({
      type: 'history.lost',
      key,
      cause: `the history of ${key} is damaged: ${damage}`,
      remedy: LOST,
    });
    const head = { number: kept.list.number + 1, event: this.#events.sequence, at: this.#clock.now() };
    const begun = new KeptVersions(VersionList.of([{ ...head, by: { kind: 'start' }, member: row, bytes: 0 }]));
    this.#kept.set(key, begun);
    return begun;
  }

  /** The version with which the history of a row begins that has not changed since. */
  #first(member: Member): Version {
    return { number: 1, ...this.#since, by: { kind: 'start' }, member, bytes: 0 };
  }

  get #swept(): Swept {
    return {
      bytes: () => this.#kept.bytes,
      now: () => ({ event: this.#events.sequence + 1, at: this.#clock.now() }),
      ids: () => ({ count: this.#kept.size, keys: this.#kept.keys() }),
      middle: () => this.#begin.get(MIDDLE),
      setMiddle: (moment) => (moment === undefined ? this.#begin.delete(MIDDLE) : this.#begin.set(MIDDLE, moment)),
      begin: (moment) => this.#begin.set(SINCE, moment),
      cut: (key) => this.#cut(key),
    };
  }

  /** Drops what was replaced before the history begins. */
  #cut(key: IdentityKey): void {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.damage !== undefined) return; // it is told when somebody asks for the id
    const { event, at } = this.#since;
    const inForce = kept.list.placeAt({ event });
    const list = kept.list.inForceFrom(event, inForce);
    if (list === undefined) this.#kept.delete(key);
    else if (inForce > 0) {
      const row = this.#fleet.find(key);
      if (row !== undefined && list.size === 1) this.#kept.beginRun(kept, row, 0); // no other row keeps its memory
      this.#kept.change(key, kept, () => kept.dropOldest(inForce));
    }
    const first = list?.first;
    // the clock may have been set back
    if (first !== undefined && first.event <= event && first.at > at) this.#begin.set(SINCE, { event, at: first.at });
  }
}

const memberAt = (key: IdentityKey, list: VersionList, moment: Moment): Member | undefined => {
  const version = list.at(list.placeAt(moment));
  // the first versions were dropped because there were too many
  if (version === undefined && list.first !== undefined && list.first.number > 1)
    throw tooEarly(`The history of ${key}`, list.first);
  return version?.member;
};
