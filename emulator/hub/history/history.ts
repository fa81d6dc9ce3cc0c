import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
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
import type { VersionList } from './version-list.ts';
import { VersionTable } from './version-table.ts';
import { VersionWriter } from './version-writer.ts';

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

/**
 * Room: earlier versions of identities and twins, with time and author. It is filled where rooms store rows; it is not part
 * of snapshots and begins again after a restore.
 */
export class History {
  readonly #fleet: Fleet;
  readonly #events: HubBus;
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #kept = new VersionTable();
  readonly #begin = new StateMap<Since>();
  readonly #writer: VersionWriter;

  /** `limit`: versions of one id; 0 keeps none. */
  constructor(parts: HistoryParts, limit = DEFAULT_HISTORY, maxBytes = MAX_BYTES) {
    this.#fleet = parts.fleet;
    this.#events = parts.events;
    this.#clock = parts.clock;
    this.#limit = limit;
    this.#writer = new VersionWriter({ ...parts, table: this.#kept, begin: this.#begin, limit, maxBytes });
    if (limit > 0) parts.fleet.listen((before, after, reported) => this.#writer.note(before, after, reported));
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
    this.#writer.clear();
  }

  /** Goes on with rows that were loaded; begins now if there are none. */
  resume(): void {
    this.#writer.resume();
  }

  /** The versions that are kept, oldest first. Throws DeviceNotFound, or ModuleNotFound for a module. */
  list(key: IdentityKey): readonly Version[] {
    this.#demandKept();
    return this.#readable(key)?.versions ?? [this.#writer.first(this.#fleet.identify(key))];
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
    return this.#fleetAt(this.#inReachOf(moment), this.#kept.has(key) ? [key] : []).identify(key);
  }

  /** All rows as they were at a moment. Throws GenericNotFound if the history of one of them begins later. */
  fleetAt(moment: Moment): Fleet {
    return this.#fleetAt(this.#inReachOf(moment), this.#kept.keys());
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

  /** The moment, if the history has it. */
  #inReachOf(moment: Moment): Moment {
    this.#demandKept();
    const { since, setBacks } = this.#writer;
    const latest = { event: this.#events.sequence, at: this.#clock.now() };
    const found = 'at' in moment ? setBacks.find(moment.at, latest) : moment;
    if (found === undefined || ('event' in found && found.event > latest.event))
      throw new HubError(
        'ArgumentInvalid',
        `This is yet to come: the latest event is ${latest.event}, the time ${iso(latest.at)}.`,
      );
    if (!isBy(found, since)) throw tooEarly('The history of the hub', since);
    return found;
  }

  #demandKept(): void {
    if (this.#limit === 0)
      throw new HubError('GenericNotFound', 'The hub keeps no history: it was started with --history 0.');
  }

  /** The versions of an id that are in reach. */
  #readable(key: IdentityKey): VersionList | undefined {
    const kept = this.#writer.keptOf(key, this.#fleet.find(key));
    return kept && this.#inReach(kept.list);
  }

  #inReach(list: VersionList): VersionList | undefined {
    return list.inForceFrom(this.#writer.since.event)?.latest(this.#limit);
  }
}

const memberAt = (key: IdentityKey, list: VersionList, moment: Moment): Member | undefined => {
  const version = list.at(list.placeAt(moment));
  // the first versions were dropped because there were too many
  if (version === undefined && list.first !== undefined && list.first.number > 1)
    throw tooEarly(`The history of ${key}`, list.first);
  return version?.member;
};
