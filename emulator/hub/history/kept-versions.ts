import { timestamp } from '../../kernel/clock.ts';
import { type Connection, type Member, Presence, withPending, withPresence } from '../fleet/member.ts';
import { Report, type ReportParts } from './report.ts';
import { ReportRun } from './report-run.ts';
import { Runs } from './runs.ts';
import type { Version } from './version.ts';
import { VersionList } from './version-list.ts';

/** Versions of a run: more of them take less memory, and longer to read. */
const MOST_IN_RUN = 32;

/** What can follow: a version, or a report. */
export type NextVersion = Version | ReportParts;

/**
 * The versions of one id as the room of history keeps them. Unlike a list they change in place: a report makes nothing but its own
 * version.
 */
export class KeptVersions {
  /** Shared with lists, so another object takes its place when a run begins or is dropped. The last run grows. */
  #runs = new Runs([]);
  #last: ReportRun | undefined;
  #number = 0;
  #event = 0;
  #bytes: number;
  /** Of the latest, which `#bytes` has not. */
  #latestBytes = 0;
  /** Of the latest. */
  #connection: Connection | undefined;
  /** Until they are needed. */
  #unread: VersionList | undefined;

  constructor(list: VersionList) {
    this.#bytes = list.bytes;
    this.#event = list.event;
    this.#unread = list;
  }

  /** The versions as they are now. They are put into a list each time: what one remembers would stay for every id. */
  get list(): VersionList {
    return this.#unread ?? this.#made;
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
    return this.#number;
  }

  /** Of the latest version; 0 if there is none. */
  get event(): number {
    return this.#event;
  }

  /** Of the latest version; undefined if there is no row. */
  get connection(): Connection | undefined {
    this.#read();
    return this.#connection;
  }

  /** False if the next version must have its row. */
  get takesReport(): boolean {
    this.#read();
    return this.#last !== undefined && this.#last.size < MOST_IN_RUN;
  }

  /** Throws an Error if its versions cannot be read. */
  add(version: NextVersion): void {
    this.#read();
    this.#bytes += this.#latestBytes;
    this.#put(version);
  }

  /** The latest version, whose row is given, begins a run: what is older can be dropped without making that row again. */
  beginRun(row: Member, bytes: number): void {
    this.#read();
    const { last } = this.list;
    if (!(last instanceof Report)) return; // it has its row
    const { number, event, at, pendingMessages } = last;
    const presence = new Presence(this.#connection ?? row.presence, timestamp(at));
    const member = withPending(withPresence(row, presence), pendingMessages);
    this.#latestBytes = bytes;
    this.#last?.passLatest();
    this.#begin({ number, event, at, by: { kind: 'device', id: row.key }, member, bytes });
  }

  /** Drops versions that are not among the latest `limit`, or keeps a few of them. */
  keepLatest(limit: number): void {
    this.#read();
    this.#dropRunsBefore(this.#number - limit + 1);
  }

  /** Drops versions, but not the latest. */
  dropOldest(count: number): void {
    this.#read();
    const number = this.#runs.number + count;
    this.#dropRunsBefore(number);
    const [cut, next] = this.#runs.all;
    const left = number - this.#runs.number;
    const first = this.#made.at(left);
    if (cut === undefined || first === undefined || left === 0) return;
    const run = new ReportRun({ ...first, report: undefined }); // it has its row
    const end = next ? next.number - cut.number : cut.size;
    for (const report of new Runs([cut]).slice(left + 1, end)) if (report instanceof Report) run.add(report);
    this.#runs = new Runs([run, ...this.#runs.all.slice(1)]);
    this.#last = this.#runs.all.at(-1);
    this.#bytes += run.estimate - cut.estimate;
  }

  get #made(): VersionList {
    const [bytes, event, number] = [this.#bytes, this.#event, this.#number];
    return VersionList.ofAll(this.#runs, number - this.#runs.number + 1, { bytes, event, number });
  }

  #put(version: NextVersion): void {
    if ('text' in version) {
      if (this.#last === undefined) throw new Error('A report has no row before it.');
      this.#last.add(version);
      if (version.connection !== undefined) this.#connection = version.connection;
      this.#number += 1;
    } else {
      this.#begin(version);
      this.#connection = version.member?.presence;
      this.#number = version.number;
    }
    this.#event = version.event;
    this.#latestBytes = version.bytes;
  }

  #begin(first: Version): void {
    this.#last = new ReportRun(first);
    this.#runs = new Runs([...this.#runs.all, this.#last]);
  }

  /** Drops runs that are not needed to read the version and later ones. */
  #dropRunsBefore(number: number): void {
    if (number < this.#runs.endOfFirst) return;
    const { all } = this.#runs;
    let dropped = 0;
    for (let next = all[1]; next !== undefined && next.number <= number; next = all[dropped + 1]) {
      this.#bytes -= all[dropped]?.estimate ?? 0;
      dropped += 1;
    }
    this.#runs = new Runs(all.slice(dropped));
  }

  #read(): void {
    const list = this.#unread;
    if (list === undefined) return;
    const { kept } = list;
    this.#unread = undefined;
    for (const version of kept) this.#put(version);
  }
}
