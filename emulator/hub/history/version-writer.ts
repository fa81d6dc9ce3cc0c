import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import type { Fleet, Reported } from '../fleet/fleet.ts';
import type { Member } from '../fleet/member.ts';
import type { Actors } from './actors.ts';
import { KeptVersions } from './kept-versions.ts';
import { SetBacks } from './set-backs.ts';
import { Sweep, type Swept } from './sweep.ts';
import { bytesAdded, type Since, type Version } from './version.ts';
import { versionAfter } from './version-after.ts';
import { VersionList } from './version-list.ts';
import type { VersionTable } from './version-table.ts';

const SINCE = 'since';
const MIDDLE = 'middle';

const LOST = 'nothing else is lost; a copy of the folder from before the damage has it';

interface WriterParts {
  readonly fleet: Fleet;
  readonly events: HubBus;
  readonly clock: Clock;
  readonly actors: Actors;
  readonly table: VersionTable;
  /** The first moment that the history knows, of every id that was not cut; and when about half of its bytes had come. */
  readonly begin: StateMap<Since>;
  /** Versions of one id. */
  readonly limit: number;
  readonly maxBytes: number;
}

/** Makes versions of what rooms write, and drops old ones. */
export class VersionWriter {
  readonly #parts: WriterParts;
  readonly #sweep: Sweep;
  readonly setBacks: SetBacks;

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.setBacks = new SetBacks(parts.begin, parts.clock.now());
    this.#sweep = new Sweep(this.#swept, parts.maxBytes);
    this.#beginNow();
  }

  /** The moment with which the history begins. */
  get since(): Since {
    return this.#parts.begin.get(SINCE) ?? this.#latest;
  }

  /** Begins again with what the hub is now. */
  clear(): void {
    this.#parts.table.clear();
    this.#parts.begin.delete(MIDDLE);
    this.setBacks.clear(this.#parts.clock.now());
    this.#sweep.restart();
    this.#beginNow();
  }

  /** Goes on with rows that were loaded; begins now if there are none. */
  resume(): void {
    const { begin, limit, events, table } = this.#parts;
    if (begin.get(SINCE) === undefined || limit === 0) this.clear();
    events.goOnAfter(this.since.event);
    let latest: VersionList | undefined;
    for (const { value } of table.entries()) if (value.event >= (latest?.event ?? this.since.event)) latest = value;
    events.goOnAfter(latest?.event ?? 0);
    this.setBacks.resume((latest?.damage === undefined ? latest?.last?.at : undefined) ?? this.since.at);
    this.#sweep.restart();
  }

  /** Presence and waiting messages make no version. `reported`: if nothing else has changed. */
  note(before: Member | undefined, after: Member | undefined, reported: Reported | undefined): void {
    if (before !== undefined && after !== undefined) {
      if (before.twin === after.twin && before.identity === after.identity) return;
    }
    const key = (after ?? before)?.key;
    if (key === undefined) return;
    const { table, actors, limit } = this.#parts;
    const known = this.keptOf(key, before);
    const kept = known ?? new KeptVersions(VersionList.of(before ? [this.first(before)] : []));
    if (before !== undefined && this.#sweep.isBeforeMiddle(kept.event))
      table.beginRun(kept, before, bytesAdded(before, after));
    const coming = this.#coming;
    this.setBacks.note(coming);
    const version = versionAfter(kept, coming, { before, after, reported }, actors.current);
    if (known !== undefined) table.add(key, known, version, limit);
    else {
      kept.add(version);
      table.set(key, kept);
    }
    this.#sweep.step();
  }

  /** What is kept of an id. If it cannot be read it is dropped, which is told: its history begins with the row as it is. */
  keptOf(key: IdentityKey, row: Member | undefined): KeptVersions | undefined {
    const { table, events, clock } = this.#parts;
    const kept = table.get(key);
    const damage = kept?.damage;
    if (kept === undefined || damage === undefined) return kept;
    events.publish({
      type: 'history.lost',
      key,
      cause: `the history of ${key} is damaged: ${damage}`,
      remedy: LOST,
    });
    const head = { number: kept.list.number + 1, event: events.sequence, at: clock.now() };
    const begun = new KeptVersions(VersionList.of([{ ...head, by: { kind: 'start' }, member: row, bytes: 0 }]));
    table.set(key, begun);
    return begun;
  }

  /** The version with which the history of a row begins that has not changed since. */
  first(member: Member): Version {
    return { number: 1, ...this.since, by: { kind: 'start' }, member, bytes: 0 };
  }

  get #latest(): Since {
    return { event: this.#parts.events.sequence, at: this.#parts.clock.now() };
  }

  /** Of the event that tells what is being written. */
  get #coming(): Since {
    return { event: this.#parts.events.sequence + 1, at: this.#parts.clock.now() };
  }

  #beginNow(): void {
    this.#parts.begin.set(SINCE, this.#latest);
  }

  get #swept(): Swept {
    const { table, begin } = this.#parts;
    return {
      bytes: () => table.bytes,
      now: () => this.#coming,
      ids: () => ({ count: table.size, keys: table.keys() }),
      middle: () => begin.get(MIDDLE),
      setMiddle: (moment) => (moment === undefined ? begin.delete(MIDDLE) : begin.set(MIDDLE, moment)),
      begin: (moment) => begin.set(SINCE, moment),
      cut: (key) => this.#cut(key),
    };
  }

  /** Drops what was replaced before the history begins. */
  #cut(key: IdentityKey): void {
    const { table, fleet } = this.#parts;
    const kept = table.get(key);
    if (kept === undefined || kept.damage !== undefined) return; // it is told when somebody asks for the id
    const { event } = this.since;
    const inForce = kept.list.placeAt({ event });
    const list = kept.list.inForceFrom(event, inForce);
    if (list === undefined) table.delete(key);
    else if (inForce > 0) {
      const row = fleet.find(key);
      if (row !== undefined && list.size === 1) table.beginRun(kept, row, 0); // no other row keeps its memory
      table.change(key, kept, () => kept.dropOldest(inForce));
    }
  }
}
