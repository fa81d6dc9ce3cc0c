import type { Connection } from '../fleet/member.ts';
import { Report } from './report.ts';
import { isBy } from './version.ts';
import { type Kept, VersionList } from './version-list.ts';

/** Versions over a limit, as a part of it, before they are dropped: this is not done for each one. */
const LEEWAY = 1.1;
/** So many versions are dropped before the others are copied, which frees their memory. */
const MOST_DROPPED = 50;

/**
 * The versions of one id as the room of history keeps them. Unlike a list they change in place: a report makes nothing but its own
 * version. The first one has its row, so that nothing older is needed to read it.
 */
export class KeptVersions {
  #all: Kept[];
  #from: number;
  #bytes: number;
  /** Of the latest. */
  #connection: Connection | undefined;
  /** Until they are needed. */
  #unread: VersionList | undefined;

  constructor(list: VersionList) {
    [this.#all, this.#from, this.#bytes, this.#unread] = [[], 0, list.bytes, list];
  }

  get list(): VersionList {
    return this.#unread ?? VersionList.shared(this.#all, this.#from, this.#bytes);
  }

  /** Why they cannot be read; undefined if they can. */
  get damage(): string | undefined {
    return this.#unread?.damage;
  }

  /** Of all but the latest, by estimates. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of the latest version; 0 if there is none. */
  get number(): number {
    this.#read();
    return this.#all[this.#all.length - 1]?.number ?? 0;
  }

  /** Of the latest version; undefined if there is no row. */
  get connection(): Connection | undefined {
    this.#read();
    return this.#connection;
  }

  /** Throws an Error if its versions cannot be read. */
  add(version: Kept): void {
    this.#read();
    this.#bytes += this.#all[this.#all.length - 1]?.bytes ?? 0;
    this.#all.push(version);
    this.#connection = connectionAfter(this.#connection, version);
  }

  /** Drops versions that are not among the latest `limit`, or keeps a few of them. */
  keepLatest(limit: number): void {
    this.#read();
    if (this.#all.length - this.#from <= limit * LEEWAY) return;
    let row = this.#all.length - limit;
    while (this.#all[row] instanceof Report) row -= 1;
    this.#skip(row - this.#from);
    if (this.#from <= MOST_DROPPED) return;
    this.#all = this.#all.slice(this.#from); // lists have the array as it is
    this.#from = 0;
  }

  /** How many versions were replaced by the event. */
  replacedBy(event: number): number {
    this.#read();
    return Math.max(0, this.#all.findLastIndex((one) => isBy({ event }, one)) - this.#from);
  }

  /** `count`: of `replacedBy`. */
  dropOldest(count: number): void {
    this.#read();
    const first = this.list.at(count); // with its row
    this.#skip(count);
    this.#all = [...(first ? [first] : []), ...this.#all.slice(this.#from + 1)];
    this.#from = 0;
  }

  #skip(count: number): void {
    for (const end = this.#from + count; this.#from < end; this.#from += 1)
      this.#bytes -= this.#all[this.#from]?.bytes ?? 0;
  }

  #read(): void {
    if (this.#unread === undefined) return;
    this.#all = [...this.#unread.kept];
    this.#connection = this.#all.reduce(connectionAfter, undefined);
    this.#unread = undefined;
  }
}

const connectionAfter = (before: Connection | undefined, version: Kept): Connection | undefined =>
  version instanceof Report ? (version.connection ?? before) : version.member?.presence;
